// Stub of Compose's runtime 1.8: what the app calls. What its compiler plugin calls is in runtime_plugin.kt.
package androidx.compose.runtime

import kotlin.coroutines.CoroutineContext
import kotlin.reflect.KProperty
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.StateFlow

internal fun absent(): Nothing = throw IllegalStateException("a stub has no content")

interface State<out T> { val value: T }
interface MutableState<T> : State<T> { override var value: T }
abstract class CompositionLocal<T> { inline val current: T @ReadOnlyComposable @Composable get() = throw IllegalStateException() }
abstract class ProvidableCompositionLocal<T> : CompositionLocal<T>()
class SnapshotStateMap<K, V> : MutableMap<K, V> by HashMap()

external fun <T> mutableStateOf(value: T): MutableState<T>
external fun <K, V> mutableStateMapOf(): SnapshotStateMap<K, V>
operator fun <T> State<T>.getValue(thisObj: Any?, property: KProperty<*>): T = absent()
operator fun <T> MutableState<T>.setValue(thisObj: Any?, property: KProperty<*>, value: T): Unit = absent()

@Composable inline fun <T> remember(crossinline calculation: @DisallowComposableCalls () -> T): T = throw IllegalStateException()
@Composable inline fun <T> remember(key1: Any?, crossinline calculation: @DisallowComposableCalls () -> T): T = throw IllegalStateException()
@Composable inline fun <T> remember(key1: Any?, key2: Any?, crossinline calculation: @DisallowComposableCalls () -> T): T = throw IllegalStateException()
@Composable inline fun <T> remember(key1: Any?, key2: Any?, key3: Any?, crossinline calculation: @DisallowComposableCalls () -> T): T = throw IllegalStateException()
@Composable inline fun <T> remember(vararg keys: Any?, crossinline calculation: @DisallowComposableCalls () -> T): T = throw IllegalStateException()
@Composable external fun rememberCoroutineScope(): CoroutineScope
@Composable inline fun <T> key(vararg keys: Any?, block: @Composable () -> T): T = throw IllegalStateException()
@Composable external fun LaunchedEffect(key1: Any?, block: suspend CoroutineScope.() -> Unit)
@Composable external fun DisposableEffect(key1: Any?, effect: DisposableEffectScope.() -> DisposableEffectResult)
@Composable fun <T> StateFlow<T>.collectAsState(context: CoroutineContext = absent()): State<T> = absent()

class DisposableEffectScope { external fun onDispose(onDisposeEffect: () -> Unit): DisposableEffectResult }
interface DisposableEffectResult
