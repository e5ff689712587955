// Stub of Compose's graphics: colours and bitmaps.
package androidx.compose.ui.graphics

import android.graphics.Bitmap

@JvmInline
value class Color(val value: ULong) {
    val red: Float get() = 0f
    val green: Float get() = 0f
    val blue: Float get() = 0f
}

fun Color(color: Long): Color = Color(color.toULong())

interface Shape
interface ImageBitmap
fun Bitmap.asImageBitmap(): ImageBitmap = throw IllegalStateException()
