// Stub of Compose's ui 1.8: where and how something stands.
package androidx.compose.ui

interface Modifier {
    infix fun then(other: Modifier): Modifier
    companion object : Modifier { override fun then(other: Modifier): Modifier = other }
}

interface Alignment {
    interface Horizontal
    interface Vertical
    companion object {
        val Center: Alignment get() = throw IllegalStateException()
        val CenterVertically: Vertical get() = throw IllegalStateException()
    }
}
