// Stub of Compose's long lists.
package androidx.compose.foundation.lazy

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.LayoutScopeMarker
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier

@LayoutScopeMarker
interface LazyItemScope
@LayoutScopeMarker
interface LazyListScope { fun item(key: Any? = null, contentType: Any? = null, content: @Composable LazyItemScope.() -> Unit) }

// Between the two stand state, padding and direction, which the app leaves as they are and never gives by position.
@Composable fun LazyColumn(
    modifier: Modifier = Modifier, verticalArrangement: Arrangement.Vertical = Arrangement.Top, content: LazyListScope.() -> Unit,
): Unit = throw IllegalStateException()

fun <T> LazyListScope.items(
    items: List<T>, key: ((item: T) -> Any)? = null, contentType: (item: T) -> Any? = { null },
    itemContent: @Composable LazyItemScope.(item: T) -> Unit,
): Unit = throw IllegalStateException()
fun <T> LazyListScope.itemsIndexed(
    items: List<T>, key: ((index: Int, item: T) -> Any)? = null, contentType: (index: Int, item: T) -> Any? = { _, _ -> null },
    itemContent: @Composable LazyItemScope.(index: Int, item: T) -> Unit,
): Unit = throw IllegalStateException()
