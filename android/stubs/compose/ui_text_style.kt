// Stub of Compose's direction of text.
package androidx.compose.ui.text.style

@JvmInline
value class TextDirection internal constructor(internal val value: Int) { companion object { val Ltr: TextDirection get() = TextDirection(1) } }
