package org.countersign.app.ui

import androidx.compose.foundation.layout.Column
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.app.model.OpenVault
import org.countersign.app.model.SettingsModel
import org.countersign.core.SettingsPage
import org.countersign.core.WayToUnlock
import org.countersign.core.isShortPassword

/** The ways to unlock, each to be added, changed or taken away; the core keeps the last one. */
@Composable
fun WaysToUnlock(
    page: SettingsPage,
    vault: OpenVault,
) {
    val settings = vault.settings
    PartTitle(stringResource(R.string.settings_unlock))
    if (page.passwordDue) Reminder(settings)
    WayToUnlock.entries.forEach { way ->
        val there = way in page.waysToUnlock
        Fact(stringResource(name(way)), stringResource(if (there) R.string.settings_way_on else R.string.settings_way_off))
        if (there) {
            ConfirmedButton(stringResource(R.string.settings_remove_way, stringResource(name(way))), stringResource(name(way))) {
                settings.removeWay(way)
            }
        }
        when (way) {
            WayToUnlock.PASSWORD -> Password(settings)
            WayToUnlock.KEY_STORE -> TextButton(onClick = settings::unlockByPhone) { Text(stringResource(R.string.action_switch_on)) }
            WayToUnlock.PHRASE -> TextButton(onClick = vault::openPhrase) { Text(stringResource(R.string.phrase_another)) }
        }
    }
    Renew(settings)
}

@Composable
private fun Reminder(settings: SettingsModel) {
    Notice(stringResource(R.string.settings_password_due))
    AskButton(stringResource(R.string.field_password), null, settings::typePassword)
}

@Composable
private fun Password(settings: SettingsModel) {
    NewPasswordButton(stringResource(R.string.settings_change_password), null, settings::setPassword)
    NewPasswordButton(
        stringResource(R.string.settings_forgot_password),
        stringResource(R.string.settings_forgot_text),
        settings::replaceForgottenPassword,
    )
}

@Composable
private fun Renew(settings: SettingsModel) {
    AskButton(stringResource(R.string.settings_renew), stringResource(R.string.settings_renew_text), settings::renewKeys)
}

/** A button that asks for the password first. */
@Composable
private fun AskButton(
    label: String,
    text: String?,
    onTyped: (String) -> Unit,
) {
    var asking by remember { mutableStateOf(false) }
    TextButton(onClick = { asking = true }) { Text(label) }
    if (asking) AskPassword(label, text, onTyped) { asking = false }
}

/** A button that asks for a new password, twice. */
@Composable
fun NewPasswordButton(
    label: String,
    text: String?,
    onChosen: (String) -> Unit,
) {
    var asking by remember { mutableStateOf(false) }
    var password by remember { mutableStateOf("") }
    TextButton(onClick = { asking = true }) { Text(label) }
    if (!asking) return
    AlertDialog(
        onDismissRequest = { asking = false },
        confirmButton = {
            Button(enabled = password.isNotEmpty(), onClick = {
                asking = false
                onChosen(password)
                password = ""
            }) { Text(stringResource(R.string.action_save)) }
        },
        dismissButton = { TextButton(onClick = { asking = false }) { Text(stringResource(R.string.action_cancel)) } },
        title = { Text(label) },
        text = { Column { NewPassword(::isShortPassword, text) { password = it } } },
    )
}

private fun name(way: WayToUnlock): Int =
    when (way) {
        WayToUnlock.PASSWORD -> R.string.way_password
        WayToUnlock.KEY_STORE -> R.string.way_phone
        WayToUnlock.PHRASE -> R.string.way_phrase
    }
