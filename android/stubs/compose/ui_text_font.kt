// Stub of Compose's fonts.
package androidx.compose.ui.text.font

sealed class FontFamily { companion object { val Monospace: GenericFontFamily get() = throw IllegalStateException() } }
class GenericFontFamily internal constructor() : FontFamily()
