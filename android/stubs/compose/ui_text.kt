// Stub of Compose's text styles.
package androidx.compose.ui.text

import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.style.TextDirection

class TextStyle {
    // Of the many parameters only those that the app names; none is ever given by position.
    fun copy(fontFamily: FontFamily? = null, textDirection: TextDirection = TextDirection.Ltr): TextStyle = this
}
