package org.countersign.app.ui

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
import org.countersign.app.model.AppModel
import org.countersign.app.model.AppState
import org.countersign.core.WayToUnlock

/** The vault is locked: by this phone, by the password, or by the phrase, whichever it has. */
@Composable
fun LockedScreen(
    app: AppModel,
    state: AppState.Locked,
) {
    val ways = state.ways
    var byPhrase by remember { mutableStateOf(WayToUnlock.PASSWORD !in ways) }
    Page(stringResource(R.string.locked_title), app) {
        if (state.keyLost) Notice(stringResource(R.string.locked_key_lost))
        if (WayToUnlock.KEY_STORE in ways && !state.keyLost) {
            Button(onClick = app::unlockByPhone) { Text(stringResource(R.string.locked_by_phone)) }
        }
        WordsToUnlock(byPhrase) { words -> if (byPhrase) app.unlockByPhrase(words) else app.unlock(words) }
        if (WayToUnlock.PHRASE in ways && WayToUnlock.PASSWORD in ways) {
            TextButton(onClick = { byPhrase = !byPhrase }) {
                Text(stringResource(if (byPhrase) R.string.locked_by_password else R.string.locked_by_phrase))
            }
        }
    }
}

/** The password, or the twelve words, and the button. */
@Composable
fun WordsToUnlock(
    byPhrase: Boolean,
    onTyped: (String) -> Unit,
) {
    var words by remember(byPhrase) { mutableStateOf("") }
    PasswordField(stringResource(if (byPhrase) R.string.locked_phrase else R.string.field_password), words) { words = it }
    Button(enabled = words.isNotEmpty(), onClick = {
        onTyped(words)
        words = ""
    }) { Text(stringResource(R.string.action_unlock)) }
}
