// Stub of Compose's runtime 1.8: the inner part that Kotlin's Compose plugin writes calls of.
package androidx.compose.runtime.internal

import androidx.compose.runtime.Composable
import androidx.compose.runtime.Composer

annotation class StabilityInferred(val parameters: Int)
annotation class FunctionKeyMeta(val key: Int, val startOffset: Int, val endOffset: Int)
interface ComposableLambda

external fun composableLambda(composer: Composer, key: Int, tracked: Boolean, block: Any): ComposableLambda
external fun composableLambdaInstance(key: Int, tracked: Boolean, block: Any): ComposableLambda
@Composable external fun rememberComposableLambda(key: Int, tracked: Boolean, block: Any): ComposableLambda
