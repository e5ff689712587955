package org.countersign.app.phone

import android.content.Context
import android.net.Uri
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream

/** What came of reading a file that the person has picked. */
sealed interface Picked {
    class Content(
        val bytes: ByteArray,
    ) : Picked

    data object TooLarge : Picked

    data object Unreadable : Picked
}

/** No export of any app is as large, and the whole file is held in memory. */
private const val LARGEST = 64 * 1024 * 1024
private const val PIECE = 64 * 1024

suspend fun Context.read(file: Uri): Picked =
    withContext(Dispatchers.IO) {
        try {
            contentResolver.openInputStream(file)?.use { whole(it) } ?: Picked.Unreadable
        } catch (gone: IOException) {
            Picked.Unreadable
        } catch (forbidden: SecurityException) {
            Picked.Unreadable
        }
    }

/** Whether the whole of it was written. */
suspend fun Context.write(
    file: Uri,
    content: ByteArray,
): Boolean =
    withContext(Dispatchers.IO) {
        try {
            contentResolver.openOutputStream(file)?.use { it.write(content) } != null
        } catch (full: IOException) {
            false
        } catch (forbidden: SecurityException) {
            false
        }
    }

private fun whole(from: InputStream): Picked {
    val read = ByteArrayOutputStream()
    val piece = ByteArray(PIECE)
    while (true) {
        val count = from.read(piece)
        if (count < 0) return Picked.Content(read.toByteArray())
        if (read.size() + count > LARGEST) return Picked.TooLarge
        read.write(piece, 0, count)
    }
}
