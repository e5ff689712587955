// Stub of what Compose tells keyboards.
package androidx.compose.ui.text.input

interface VisualTransformation
class PasswordVisualTransformation(val mask: Char = '•') : VisualTransformation
@JvmInline
value class KeyboardCapitalization internal constructor(internal val value: Int)
@JvmInline
value class KeyboardType internal constructor(internal val value: Int) {
    companion object {
        val Password: KeyboardType get() = KeyboardType(7)
        val NumberPassword: KeyboardType get() = KeyboardType(8)
    }
}
