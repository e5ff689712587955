package org.countersign.app.ui

import android.net.Uri
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import org.countersign.app.CountersignApp
import org.countersign.app.R
import org.countersign.app.model.SettingsModel
import org.countersign.app.phone.rememberPicker
import org.countersign.core.SettingsPage

/** Backups that are made by themselves: where to, how many, when last, and loudly when they have stopped. */
@Composable
fun Backups(
    page: SettingsPage,
    settings: SettingsModel,
) {
    val folder = CountersignApp.of(LocalContext.current).backups
    PartTitle(stringResource(R.string.settings_backup))
    val last = page.lastBackupAt
    if (last == null) {
        Text(stringResource(R.string.settings_backup_never))
    } else {
        Fact(stringResource(R.string.settings_backup_last), moment(last))
    }
    if (page.backupTrouble != null || folder.fault) Notice(stringResource(R.string.settings_backup_trouble), isError = true)
    if (page.backupFolder != null) {
        Text(stringResource(R.string.settings_backup_on))
        TextButton(onClick = settings::switchOffBackups) { Text(stringResource(R.string.action_switch_off)) }
    }
    SwitchOn(page, folder::choose) { password, keep -> settings.switchOnBackups(folder.inside.path, password, keep) }
}

@Composable
private fun SwitchOn(
    page: SettingsPage,
    choose: (Uri) -> Unit,
    switchOn: (password: String, keep: Int) -> Unit,
) {
    var chosen by remember { mutableStateOf(false) }
    var keep by remember { mutableStateOf(KEPT.coerceIn(page.backupsKept.least, page.backupsKept.most).toString()) }
    val pick =
        rememberPicker(ActivityResultContracts.OpenDocumentTree()) { folder ->
            if (folder != null) {
                choose(folder)
                chosen = true
            }
        }
    TextButton(onClick = { pick(null) }) { Text(stringResource(R.string.settings_backup_folder)) }
    if (!chosen) return
    val range = stringResource(R.string.settings_range, page.backupsKept.least.toString(), page.backupsKept.most.toString())
    DigitsField(stringResource(R.string.settings_backup_keep), keep, { keep = it }, support = range)
    keep.toIntOrNull()?.let { number ->
        NewPasswordButton(stringResource(R.string.action_switch_on), stringResource(R.string.settings_backup_password)) {
            chosen = false
            switchOn(it, number)
        }
    }
}

private const val KEPT = 5u
