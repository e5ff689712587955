// Stub of Compose's resources.
package androidx.compose.ui.res

import androidx.compose.runtime.Composable
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.painter.Painter

@Composable fun colorResource(id: Int): Color = throw IllegalStateException()
@Composable fun painterResource(id: Int): Painter = throw IllegalStateException()
@Composable fun stringResource(id: Int): String = throw IllegalStateException()
@Composable fun stringResource(id: Int, vararg formatArgs: Any): String = throw IllegalStateException()
