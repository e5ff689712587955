package org.countersign.app.phone

import android.content.Context
import android.content.Intent
import android.net.Uri
import android.provider.DocumentsContract
import java.io.File
import java.io.IOException

/**
 * The folder that the person has chosen for backups, which may be another app's, as of a cloud. The core writes into a folder of the
 * app's own and reads the backup back there; from there each new one is copied out.
 */
class BackupFolder(
    private val context: Context,
) {
    private val kept = context.getSharedPreferences("backups", Context.MODE_PRIVATE)

    /** Where the core writes. */
    val inside: File = File(context.filesDir, "backups").apply { mkdirs() }

    /** Whether the last copy went well. */
    val fault: Boolean get() = kept.getBoolean(FAULT, false)

    fun choose(folder: Uri) {
        val both = Intent.FLAG_GRANT_READ_URI_PERMISSION or Intent.FLAG_GRANT_WRITE_URI_PERMISSION
        context.contentResolver.takePersistableUriPermission(folder, both)
        kept
            .edit()
            .clear()
            .putString(FOLDER, folder.toString())
            .apply()
    }

    /** Copies what is new, sealed as it is. Not on the main thread. */
    @Synchronized
    fun copyOut() {
        val folder = kept.getString(FOLDER, null)?.let { Uri.parse(it) } ?: return
        val new =
            inside
                .listFiles()
                .orEmpty()
                .filter { it.isFile && it.name > copied() }
                .sortedBy { it.name }
        try {
            for (file in new) {
                copy(file, folder)
                kept
                    .edit()
                    .putString(COPIED, file.name)
                    .putBoolean(FAULT, false)
                    .apply()
            }
        } catch (gone: IOException) {
            kept.edit().putBoolean(FAULT, true).apply()
        } catch (forbidden: SecurityException) {
            kept.edit().putBoolean(FAULT, true).apply()
        } catch (missing: IllegalArgumentException) {
            kept.edit().putBoolean(FAULT, true).apply()
        }
    }

    private fun copied(): String = kept.getString(COPIED, null).orEmpty()

    private fun copy(
        file: File,
        folder: Uri,
    ) {
        val parent = DocumentsContract.buildDocumentUriUsingTree(folder, DocumentsContract.getTreeDocumentId(folder))
        val made =
            DocumentsContract.createDocument(context.contentResolver, parent, "application/octet-stream", file.name)
                ?: throw IOException("no file was made")
        val out = context.contentResolver.openOutputStream(made) ?: throw IOException("the file cannot be written")
        out.use { to -> file.inputStream().use { it.copyTo(to) } }
    }

    private companion object {
        const val FOLDER = "folder"
        const val COPIED = "copied"
        const val FAULT = "fault"
    }
}
