// Stub of what Compose tells screen readers.
package androidx.compose.ui.semantics

import androidx.compose.ui.Modifier

interface SemanticsPropertyReceiver
@JvmInline
value class Role private constructor(private val value: Int) {
    companion object {
        val RadioButton: Role get() = Role(3)
        val Switch: Role get() = Role(2)
    }
}

@JvmInline
value class LiveRegionMode private constructor(private val value: Int) { companion object { val Polite: LiveRegionMode get() = LiveRegionMode(0) } }

class CustomAccessibilityAction(val label: String, val action: () -> Boolean)

var SemanticsPropertyReceiver.contentDescription: String
    get() = throw IllegalStateException()
    set(_) = throw IllegalStateException()
var SemanticsPropertyReceiver.liveRegion: LiveRegionMode
    get() = throw IllegalStateException()
    set(_) = throw IllegalStateException()
var SemanticsPropertyReceiver.customActions: List<CustomAccessibilityAction>
    get() = throw IllegalStateException()
    set(_) = throw IllegalStateException()

fun SemanticsPropertyReceiver.heading(): Unit = throw IllegalStateException()
fun Modifier.semantics(mergeDescendants: Boolean = false, properties: SemanticsPropertyReceiver.() -> Unit): Modifier = this
fun Modifier.clearAndSetSemantics(properties: SemanticsPropertyReceiver.() -> Unit): Modifier = this
