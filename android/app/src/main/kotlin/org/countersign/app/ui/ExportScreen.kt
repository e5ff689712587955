package org.countersign.app.ui

import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.rememberCoroutineScope
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import kotlinx.coroutines.launch
import org.countersign.app.R
import org.countersign.app.model.ExportModel
import org.countersign.app.phone.rememberPicker
import org.countersign.app.phone.write
import org.countersign.core.ExportFile
import org.countersign.core.ExportForm
import org.countersign.core.isShortPassword

/** Takes codes out, in a form that another app reads or that this one reads again. */
@Composable
fun ExportScreen(
    model: ExportModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Page(stringResource(R.string.export_title), model, back) {
        if (state.done) {
            Notice(stringResource(R.string.export_done))
        } else if (state.files.isEmpty()) {
            Choose(model)
        } else {
            Write(state.files, model::written)
        }
        if (state.leftOut.isNotEmpty()) PartTitle(stringResource(R.string.export_left_out))
        state.leftOut.forEach { Text(said(it)) }
    }
}

@Composable
private fun Choose(model: ExportModel) {
    var form by remember { mutableStateOf(ExportForm.BACKUP) }
    var password by remember { mutableStateOf("") }
    PartTitle(stringResource(R.string.export_form))
    ExportForm.entries.forEach { each -> ChoiceLine(stringResource(name(each)), each == form) { form = each } }
    when (form) {
        ExportForm.BACKUP -> NewPassword(::isShortPassword, stringResource(R.string.export_password)) { password = it }
        ExportForm.AEGIS -> NewPassword(::isShortPassword, stringResource(R.string.export_password_optional)) { password = it }
        else -> Unit
    }
    val sealed = form == ExportForm.BACKUP || (form == ExportForm.AEGIS && password.isNotEmpty())
    if (!sealed) Notice(stringResource(R.string.export_plain), isError = true)
    Button(enabled = form != ExportForm.BACKUP || password.isNotEmpty(), onClick = {
        model.make(form, password.takeIf { sealed })
    }) { Text(stringResource(R.string.export_make)) }
}

/** One file after the other goes where the person says. */
@Composable
private fun Write(
    files: List<ExportFile>,
    written: () -> Unit,
) {
    val context = LocalContext.current
    val scope = rememberCoroutineScope()
    var at by remember(files) { mutableStateOf(0) }
    var failed by remember { mutableStateOf(false) }
    val file = files.getOrNull(at) ?: return
    val create =
        rememberPicker(ActivityResultContracts.CreateDocument("application/octet-stream")) { place ->
            if (place != null) {
                scope.launch {
                    failed = !context.write(place, file.content)
                    if (failed) return@launch
                    if (at == files.lastIndex) written() else at++
                }
            }
        }
    if (failed) Notice(stringResource(R.string.export_not_written), isError = true)
    Button(onClick = { create(file.name) }) { Text(stringResource(R.string.export_write, file.name)) }
}

private fun name(form: ExportForm): Int =
    when (form) {
        ExportForm.BACKUP -> R.string.export_backup
        ExportForm.LINKS -> R.string.export_links
        ExportForm.GOOGLE_QR -> R.string.export_google
        ExportForm.AEGIS -> R.string.export_aegis
        ExportForm.HTML -> R.string.export_html
    }
