package org.countersign.app.ui

import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
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
import org.countersign.app.model.ImportModel
import org.countersign.app.model.ImportState
import org.countersign.app.model.ImportStep
import org.countersign.app.phone.Picked
import org.countersign.app.phone.read
import org.countersign.app.phone.rememberPicker
import org.countersign.core.ImportFate
import org.countersign.core.ImportItem

/** Another app's file: picked, opened, shown, and taken in after the person's yes. */
@Composable
fun ImportScreen(
    model: ImportModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Page(stringResource(R.string.import_title), model, back) {
        when (state.step) {
            ImportStep.PICK -> {
                PickFile(model)
            }

            ImportStep.PASSWORD -> {
                Text(stringResource(R.string.import_password))
                WordsToUnlock(byPhrase = false, onTyped = model::password)
            }

            ImportStep.COSTLY -> {
                Text(stringResource(R.string.import_costly))
                Button(onClick = model::goOn) { Text(stringResource(R.string.action_continue)) }
            }

            ImportStep.PLAN -> {
                Report(state)
                Button(enabled = state.items.any { it.fate == ImportFate.ADDED }, onClick = model::confirm) {
                    Text(stringResource(R.string.import_confirm))
                }
            }

            ImportStep.DONE -> {
                Notice(stringResource(R.string.import_done))
                Report(state)
                Text(stringResource(R.string.import_delete_file))
                Button(onClick = back) { Text(stringResource(R.string.action_done)) }
            }
        }
        if (state.step != ImportStep.PICK && state.step != ImportStep.DONE) {
            TextButton(onClick = model::startOver) { Text(stringResource(R.string.import_pick)) }
        }
    }
}

@Composable
private fun PickFile(model: ImportModel) {
    val context = LocalContext.current
    val scope = rememberCoroutineScope()
    var fault by remember { mutableStateOf<Int?>(null) }
    val pick =
        rememberPicker(ActivityResultContracts.OpenDocument()) { file ->
            if (file != null) {
                scope.launch {
                    when (val picked = context.read(file)) {
                        is Picked.Content -> model.read(picked.bytes)
                        Picked.TooLarge -> fault = R.string.file_too_large
                        Picked.Unreadable -> fault = R.string.file_not_read
                    }
                }
            }
        }
    Text(stringResource(R.string.import_text))
    fault?.let { words -> Notice(stringResource(words), isError = true) { fault = null } }
    Button(onClick = { pick(arrayOf("*/*")) }) { Text(stringResource(R.string.import_pick)) }
}

@Composable
private fun Report(state: ImportState) {
    if (state.app.isNotEmpty()) Text(stringResource(R.string.import_from, state.app))
    val count = state.items.groupingBy { it.fate }.eachCount()
    Text(
        stringResource(
            R.string.import_counts,
            (count[ImportFate.ADDED] ?: 0).toString(),
            (count[ImportFate.DUPLICATE] ?: 0).toString(),
            (count[ImportFate.REFUSED] ?: 0).toString(),
            (count[ImportFate.SKIPPED] ?: 0).toString(),
        ),
    )
    if (state.missingParts.isNotEmpty()) Notice(stringResource(R.string.import_missing, state.missingParts.joinToString(", ")))
    state.items.forEach { Item(it) }
}

@Composable
private fun Item(item: ImportItem) {
    val fate =
        when (item.fate) {
            ImportFate.ADDED -> R.string.fate_added
            ImportFate.DUPLICATE -> R.string.fate_duplicate
            ImportFate.REFUSED -> R.string.fate_refused
            ImportFate.SKIPPED -> R.string.fate_skipped
        }
    val name = listOfNotNull(item.issuer, item.account.ifEmpty { null }).joinToString(": ")
    val lines = listOf(stringResource(fate)) + item.remarks.map { said(it) }
    Fact(name.ifEmpty { stringResource(R.string.codes_unnamed) }, lines.joinToString("\n"))
}
