package org.countersign.app.ui

import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.app.model.AppModel

/** First use: what the app is for, and the password of the vault. */
@Composable
fun WelcomeScreen(app: AppModel) {
    var password by remember { mutableStateOf("") }
    var byPhone by remember { mutableStateOf(true) }
    Page(stringResource(R.string.welcome_title), app) {
        Text(stringResource(R.string.welcome_text))
        NewPassword(app::isShort, hint = stringResource(R.string.welcome_password)) { password = it }
        SwitchLine(stringResource(R.string.welcome_by_phone), byPhone) { byPhone = it }
        Button(enabled = password.isNotEmpty(), onClick = { app.create(password, byPhone) }) {
            Text(stringResource(R.string.welcome_create))
        }
    }
}

/** A new password, typed twice. `onChosen` gets it once both are the same, and nothing while they differ. */
@Composable
fun NewPassword(
    isShort: (String) -> Boolean,
    hint: String? = null,
    onChosen: (String) -> Unit,
) {
    var first by remember { mutableStateOf("") }
    var second by remember { mutableStateOf("") }
    hint?.let { Text(it) }
    PasswordField(stringResource(R.string.field_password), first) {
        first = it
        onChosen(if (it == second) it else "")
    }
    if (first.isNotEmpty() && isShort(first)) Text(stringResource(R.string.password_short))
    PasswordField(stringResource(R.string.field_password_again), second) {
        second = it
        onChosen(if (it == first) it else "")
    }
    if (second.isNotEmpty() && first != second) Text(stringResource(R.string.password_differs))
}
