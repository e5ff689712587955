// Stub of Compose's foundation 1.8.
package androidx.compose.foundation

import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.semantics.Role

class ScrollState
@Composable fun rememberScrollState(initial: Int = 0): ScrollState = throw IllegalStateException()
fun Modifier.verticalScroll(state: ScrollState, enabled: Boolean = true): Modifier = this
fun Modifier.horizontalScroll(state: ScrollState, enabled: Boolean = true): Modifier = this
fun Modifier.clickable(enabled: Boolean = true, onClickLabel: String? = null, role: Role? = null, onClick: () -> Unit): Modifier = this
@Composable fun isSystemInDarkTheme(): Boolean = throw IllegalStateException()
@Composable fun Image(
    bitmap: ImageBitmap, contentDescription: String?, modifier: Modifier = Modifier, alignment: Alignment = Alignment.Center,
): Unit = throw IllegalStateException()
