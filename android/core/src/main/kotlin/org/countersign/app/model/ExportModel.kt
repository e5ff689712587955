package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.ExportFile
import org.countersign.core.ExportForm
import org.countersign.core.Remark

/** An export. */
class ExportState(
    /** To be written where the person says; empty until there is something. Their content is secret. */
    val files: List<ExportFile> = emptyList(),
    /** Entries that the form cannot hold, with the reason. */
    val leftOut: List<Remark> = emptyList(),
    /** The files were written. */
    val done: Boolean = false,
)

/** Takes entries out, in one of the forms that other apps read. */
class ExportModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<ExportState>(parent, ExportState()) {
    /** Makes the files: of all entries when none is named. A backup needs a password, Aegis may have one. */
    fun make(
        form: ExportForm,
        password: String?,
        entries: List<String> = emptyList(),
    ) = work {
        forget()
        val export = vault.core.export(form, password, entries)
        tell { ExportState(export.files, export.leftOut) }
    }

    /** The files are where the person wanted them. */
    fun written() {
        forget()
        tell { ExportState(leftOut = it.leftOut, done = true) }
    }

    override fun close() {
        forget()
        super.close()
    }

    private fun forget() = state.value.files.forEach { it.content.fill(0) }
}
