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
import org.countersign.app.model.RecoveryModel
import org.countersign.core.EarlierState
import org.countersign.core.RecoveryFindings
import org.countersign.core.isShortPassword

/** A vault that does not open: why, and every way on, the gentlest first. Never an empty list, and never only a spinner. */
@Composable
fun RecoveryScreen(recovery: RecoveryModel) {
    val state by recovery.state.collectAsState()
    var from by remember { mutableStateOf<EarlierState?>(null) }
    var byPhrase by remember { mutableStateOf(false) }
    Page(stringResource(R.string.recovery_title), recovery) {
        Notice(said(state.reason), isError = true)
        Text(stringResource(R.string.recovery_text))
        Button(onClick = recovery::tryAgain) { Text(stringResource(R.string.recovery_again)) }

        PartTitle(stringResource(R.string.recovery_what_is_left))
        if (state.earlier.isNotEmpty()) {
            ChoiceLine(stringResource(R.string.recovery_what_is_left), from == null) { from = null }
            state.earlier.forEach { earlier ->
                ChoiceLine(stringResource(R.string.recovery_state_of, moment(earlier.keptAt)), from == earlier) { from = earlier }
            }
        }
        WordsToUnlock(byPhrase) { words -> if (byPhrase) recovery.unlockByPhrase(words, from) else recovery.unlock(words, from) }
        TextButton(onClick = { byPhrase = !byPhrase }) {
            Text(stringResource(if (byPhrase) R.string.locked_by_password else R.string.locked_by_phrase))
        }
        TextButton(onClick = { recovery.unlockByPhone(from) }) { Text(stringResource(R.string.locked_by_phone)) }
        state.findings?.let { Findings(it, recovery::save) }

        PartTitle(stringResource(R.string.recovery_anew))
        ConfirmedButton(
            stringResource(R.string.recovery_anew),
            stringResource(R.string.recovery_anew_text),
            recovery::startAnew,
        )
    }
}

@Composable
private fun Findings(
    findings: RecoveryFindings,
    onSave: (String) -> Unit,
) {
    var password by remember { mutableStateOf("") }
    Text(stringResource(R.string.recovery_found, findings.whole.toString(), findings.damaged.toString()))
    findings.expected?.let { Text(stringResource(R.string.recovery_expected, it.toString())) }
    if (!findings.allPagesRead) Text(stringResource(R.string.recovery_pages))
    NewPassword(::isShortPassword) { password = it }
    Button(enabled = password.isNotEmpty(), onClick = { onSave(password) }) { Text(stringResource(R.string.recovery_save)) }
}
