// Stub of Material 3, 1.3: text, buttons, lines, dialogs. Its theme is in material3_theme.kt, its fields in material3_fields.kt.
package androidx.compose.material3

import androidx.compose.foundation.layout.BoxScope
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.RowScope
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.Shape
import androidx.compose.ui.graphics.painter.Painter
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.unit.Dp

internal fun absent(): Nothing = throw IllegalStateException("a stub has no content")

// Between colour and style stand what the app leaves as it is, and never gives by position.
@Composable fun Text(text: String, modifier: Modifier = Modifier, color: Color = absent(), style: TextStyle = absent()): Unit = absent()
@Composable fun Icon(painter: Painter, contentDescription: String?, modifier: Modifier = Modifier, tint: Color = absent()): Unit = absent()

@Composable fun Button(
    onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true, content: @Composable RowScope.() -> Unit,
): Unit = absent()
@Composable fun OutlinedButton(
    onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true, content: @Composable RowScope.() -> Unit,
): Unit = absent()
@Composable fun TextButton(
    onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true, content: @Composable RowScope.() -> Unit,
): Unit = absent()
@Composable fun IconButton(
    onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true, content: @Composable () -> Unit,
): Unit = absent()

class CardColors internal constructor()
object CardDefaults { @Composable fun cardColors(containerColor: Color = absent(), contentColor: Color = absent()): CardColors = absent() }
@Composable fun Card(
    modifier: Modifier = Modifier, shape: Shape = absent(), colors: CardColors = absent(), content: @Composable ColumnScope.() -> Unit,
): Unit = absent()
@Composable fun Card(
    onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true, content: @Composable ColumnScope.() -> Unit,
): Unit = absent()
@Composable fun Surface(
    modifier: Modifier = Modifier, shape: Shape = absent(), color: Color = absent(), content: @Composable () -> Unit,
): Unit = absent()

@Composable fun HorizontalDivider(modifier: Modifier = Modifier, thickness: Dp = absent(), color: Color = absent()): Unit = absent()
@Composable fun VerticalDivider(modifier: Modifier = Modifier, thickness: Dp = absent(), color: Color = absent()): Unit = absent()
@Composable fun CircularProgressIndicator(modifier: Modifier = Modifier, color: Color = absent()): Unit = absent()
@Composable fun CircularProgressIndicator(progress: () -> Float, modifier: Modifier = Modifier, color: Color = absent()): Unit = absent()
@Composable fun LinearProgressIndicator(modifier: Modifier = Modifier, color: Color = absent()): Unit = absent()

@Composable fun AlertDialog(
    onDismissRequest: () -> Unit, confirmButton: @Composable () -> Unit, modifier: Modifier = Modifier,
    dismissButton: (@Composable () -> Unit)? = null, icon: (@Composable () -> Unit)? = null,
    title: (@Composable () -> Unit)? = null, text: (@Composable () -> Unit)? = null,
): Unit = absent()
@Composable fun DropdownMenu(
    expanded: Boolean, onDismissRequest: () -> Unit, modifier: Modifier = Modifier, content: @Composable ColumnScope.() -> Unit,
): Unit = absent()
@Composable fun DropdownMenuItem(
    text: @Composable () -> Unit, onClick: () -> Unit, modifier: Modifier = Modifier, leadingIcon: (@Composable () -> Unit)? = null,
    trailingIcon: (@Composable () -> Unit)? = null, enabled: Boolean = true,
): Unit = absent()

@Composable fun Badge(
    modifier: Modifier = Modifier, containerColor: Color = absent(), contentColor: Color = absent(),
    content: (@Composable RowScope.() -> Unit)? = null,
): Unit = absent()
@Composable fun BadgedBox(
    badge: @Composable BoxScope.() -> Unit, modifier: Modifier = Modifier, content: @Composable BoxScope.() -> Unit,
): Unit = absent()

@Composable fun NavigationBar(modifier: Modifier = Modifier, content: @Composable RowScope.() -> Unit): Unit = absent()
@Composable fun RowScope.NavigationBarItem(
    selected: Boolean, onClick: () -> Unit, icon: @Composable () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true,
    label: (@Composable () -> Unit)? = null, alwaysShowLabel: Boolean = true,
): Unit = absent()
@Composable fun NavigationRail(modifier: Modifier = Modifier, content: @Composable ColumnScope.() -> Unit): Unit = absent()
@Composable fun NavigationRailItem(
    selected: Boolean, onClick: () -> Unit, icon: @Composable () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true,
    label: (@Composable () -> Unit)? = null, alwaysShowLabel: Boolean = true,
): Unit = absent()
