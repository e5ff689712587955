// Stub of androidx.lifecycle 2.9: scopes that end with what they belong to. Lifecycle itself is in ../libraries.
package androidx.lifecycle

import kotlinx.coroutines.CoroutineScope

abstract class LifecycleCoroutineScope internal constructor() : CoroutineScope
val LifecycleOwner.lifecycleScope: LifecycleCoroutineScope get() = throw IllegalStateException()
suspend fun LifecycleOwner.repeatOnLifecycle(state: Lifecycle.State, block: suspend CoroutineScope.() -> Unit): Unit =
    throw IllegalStateException()
