// Stub of Compose's layouts.
package androidx.compose.foundation.layout

import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

@DslMarker
annotation class LayoutScopeMarker

@LayoutScopeMarker
interface RowScope { fun Modifier.weight(weight: Float, fill: Boolean = true): Modifier }
@LayoutScopeMarker
interface ColumnScope { fun Modifier.weight(weight: Float, fill: Boolean = true): Modifier }
@LayoutScopeMarker
interface BoxScope
@LayoutScopeMarker
interface BoxWithConstraintsScope : BoxScope { val maxWidth: Dp }

object Arrangement {
    interface Horizontal
    interface Vertical
    interface HorizontalOrVertical : Horizontal, Vertical
    val Top: Vertical get() = throw IllegalStateException()
    val Start: Horizontal get() = throw IllegalStateException()
    fun spacedBy(space: Dp): HorizontalOrVertical = throw IllegalStateException()
}

@Composable fun Row(
    modifier: Modifier = Modifier, horizontalArrangement: Arrangement.Horizontal = Arrangement.Start,
    verticalAlignment: Alignment.Vertical = Alignment.CenterVertically, content: @Composable RowScope.() -> Unit,
): Unit = throw IllegalStateException()
@Composable fun Column(
    modifier: Modifier = Modifier, verticalArrangement: Arrangement.Vertical = Arrangement.Top,
    horizontalAlignment: Alignment.Horizontal = throw IllegalStateException(), content: @Composable ColumnScope.() -> Unit,
): Unit = throw IllegalStateException()
@Composable fun Box(
    modifier: Modifier = Modifier, contentAlignment: Alignment = Alignment.Center, propagateMinConstraints: Boolean = false,
    content: @Composable BoxScope.() -> Unit,
): Unit = throw IllegalStateException()
@Composable fun BoxWithConstraints(
    modifier: Modifier = Modifier, contentAlignment: Alignment = Alignment.Center, propagateMinConstraints: Boolean = false,
    content: @Composable BoxWithConstraintsScope.() -> Unit,
): Unit = throw IllegalStateException()

fun Modifier.fillMaxSize(fraction: Float = 1f): Modifier = this
fun Modifier.fillMaxWidth(fraction: Float = 1f): Modifier = this
fun Modifier.fillMaxHeight(fraction: Float = 1f): Modifier = this
fun Modifier.aspectRatio(ratio: Float, matchHeightConstraintsFirst: Boolean = false): Modifier = this
fun Modifier.heightIn(min: Dp = 0.dp, max: Dp = 0.dp): Modifier = this
fun Modifier.widthIn(min: Dp = 0.dp, max: Dp = 0.dp): Modifier = this
fun Modifier.size(size: Dp): Modifier = this
fun Modifier.padding(all: Dp): Modifier = this
fun Modifier.padding(horizontal: Dp = 0.dp, vertical: Dp = 0.dp): Modifier = this
fun Modifier.padding(start: Dp = 0.dp, top: Dp = 0.dp, end: Dp = 0.dp, bottom: Dp = 0.dp): Modifier = this
fun Modifier.safeDrawingPadding(): Modifier = this

interface WindowInsets { companion object }
val WindowInsets.Companion.navigationBars: WindowInsets @Composable get() = throw IllegalStateException()
fun Modifier.consumeWindowInsets(insets: WindowInsets): Modifier = this
