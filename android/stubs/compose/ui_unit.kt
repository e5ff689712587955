// Stub of Compose's units.
package androidx.compose.ui.unit

@JvmInline
value class Dp(val value: Float) : Comparable<Dp> { override fun compareTo(other: Dp): Int = 0 }
@JvmInline
value class TextUnit internal constructor(internal val packedValue: Long)

val Int.dp: Dp get() = Dp(toFloat())
