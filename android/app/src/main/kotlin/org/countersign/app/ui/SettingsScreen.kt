package org.countersign.app.ui

import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.app.model.AppModel
import org.countersign.app.model.OpenVault
import org.countersign.app.model.SettingsModel
import org.countersign.core.AllowedNumbers
import org.countersign.core.AppSettings
import org.countersign.core.EarlierState
import org.countersign.core.SettingsPage

/** The person's choices. */
@Composable
fun SettingsScreen(
    app: AppModel,
    vault: OpenVault,
) {
    val settings = vault.settings
    val state by settings.state.collectAsState()
    Page(stringResource(R.string.tab_settings), settings) {
        val page = state.page ?: return@Page
        Codes(page, settings::keep)
        Lock(page, settings::keep)
        TextButton(onClick = app::lock) { Text(stringResource(R.string.settings_lock_now)) }
        WaysToUnlock(page, vault)
        Backups(page, settings)
        Earlier(state.earlier, settings)

        PartTitle(stringResource(R.string.settings_transfer))
        TextButton(onClick = vault::openImport) { Text(stringResource(R.string.import_title)) }
        TextButton(onClick = vault::openExport) { Text(stringResource(R.string.export_title)) }
        PhoneSettings()
        Fact(stringResource(R.string.settings_version), page.version)
    }
}

@Composable
private fun Codes(
    page: SettingsPage,
    keep: (AppSettings) -> Unit,
) {
    val now = page.settings
    PartTitle(stringResource(R.string.settings_codes))
    SwitchLine(stringResource(R.string.settings_hide), now.hideCodes) { keep(now.copy(hideCodes = it)) }
    SwitchLine(stringResource(R.string.settings_clock), now.followServersClock) { keep(now.copy(followServersClock = it)) }
    Number(stringResource(R.string.settings_clipboard), now.clipboardSeconds.toUInt(), page.clipboardSeconds) {
        keep(now.copy(clipboardSeconds = it.toUShort()))
    }
}

@Composable
private fun Lock(
    page: SettingsPage,
    keep: (AppSettings) -> Unit,
) {
    val now = page.settings
    PartTitle(stringResource(R.string.settings_lock))
    SwitchLine(stringResource(R.string.settings_lock_background), now.lockInBackground) { keep(now.copy(lockInBackground = it)) }
    Number(stringResource(R.string.settings_lock_idle), now.lockIdleSeconds, page.lockIdleSeconds) { keep(now.copy(lockIdleSeconds = it)) }
    Number(stringResource(R.string.settings_remind), now.remindOfPasswordDays.toUInt(), page.remindOfPasswordDays) {
        keep(now.copy(remindOfPasswordDays = it.toUShort()))
    }
}

/** A number that is kept when the person says so. Which ones are allowed the core knows, and says so. */
@Composable
private fun Number(
    label: String,
    now: UInt,
    allowed: AllowedNumbers,
    keep: (UInt) -> Unit,
) {
    var typed by remember(now) { mutableStateOf(now.toString()) }
    val range = stringResource(R.string.settings_range, allowed.least.toString(), allowed.most.toString())
    DigitsField(label, typed, { typed = it }, support = range)
    val number = typed.toUIntOrNull()
    if (number != null && number != now) Button(onClick = { keep(number) }) { Text(stringResource(R.string.action_save)) }
}

@Composable
private fun Earlier(
    earlier: List<EarlierState>?,
    settings: SettingsModel,
) {
    PartTitle(stringResource(R.string.settings_earlier))
    if (earlier == null) {
        TextButton(onClick = settings::loadEarlier) { Text(stringResource(R.string.inbox_refresh)) }
        return
    }
    if (earlier.isEmpty()) return Text(stringResource(R.string.settings_earlier_none))
    earlier.forEach { state ->
        Text(stringResource(R.string.recovery_state_of, moment(state.keptAt)))
        ConfirmedButton(
            stringResource(R.string.settings_earlier_back),
            stringResource(R.string.settings_earlier_text),
        ) { settings.restore(state) }
    }
    ConfirmedButton(
        stringResource(R.string.settings_earlier_forget),
        stringResource(R.string.settings_earlier_forget_text),
        settings::forgetEarlier,
    )
}
