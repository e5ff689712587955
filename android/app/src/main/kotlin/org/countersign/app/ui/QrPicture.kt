package org.countersign.app.ui

import android.graphics.Bitmap
import android.graphics.Color
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter

/** A QR code, black on white in every theme, with the quiet zone that scanners want. */
fun qrPicture(text: String): ImageBitmap {
    val dots = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, SIDE, SIDE)
    val pixels = IntArray(SIDE * SIDE) { at -> if (dots.get(at % SIDE, at / SIDE)) Color.BLACK else Color.WHITE }
    return Bitmap.createBitmap(pixels, SIDE, SIDE, Bitmap.Config.ARGB_8888).asImageBitmap()
}

private const val SIDE = 560
