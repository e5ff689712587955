// Stub of what Compose asks of keyboards.
package androidx.compose.foundation.text

import androidx.compose.ui.text.input.KeyboardCapitalization
import androidx.compose.ui.text.input.KeyboardType

class KeyboardOptions(
    val capitalization: KeyboardCapitalization = throw IllegalStateException(),
    val autoCorrectEnabled: Boolean? = null,
    val keyboardType: KeyboardType = throw IllegalStateException(),
)
