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

/** Asks before something that cannot be undone. */
@Composable
fun Confirm(
    question: String,
    yes: String,
    onYes: () -> Unit,
    onNo: () -> Unit,
    text: String? = null,
) {
    AlertDialog(
        onDismissRequest = onNo,
        confirmButton = {
            Button(onClick = {
                onNo()
                onYes()
            }) { Text(yes) }
        },
        dismissButton = { TextButton(onClick = onNo) { Text(stringResource(R.string.action_cancel)) } },
        title = { Text(question) },
        text = text?.let { { Text(it) } },
    )
}

/** A button that asks before it does what it says. */
@Composable
fun ConfirmedButton(
    label: String,
    text: String,
    onYes: () -> Unit,
) {
    var asking by remember { mutableStateOf(false) }
    TextButton(onClick = { asking = true }) { Text(label) }
    if (asking) {
        Confirm(
            question = label,
            yes = stringResource(R.string.action_continue),
            onYes = onYes,
            onNo = { asking = false },
            text = text,
        )
    }
}

/** Asks for a password, or for another secret that `label` names. */
@Composable
fun AskPassword(
    title: String,
    text: String?,
    onTyped: (String) -> Unit,
    label: String = stringResource(R.string.field_password),
    yes: String = stringResource(R.string.action_continue),
    onNo: () -> Unit,
) {
    var password by remember { mutableStateOf("") }
    AlertDialog(
        onDismissRequest = onNo,
        confirmButton = {
            Button(enabled = password.isNotEmpty(), onClick = {
                onNo()
                onTyped(password)
            }) { Text(yes) }
        },
        dismissButton = { TextButton(onClick = onNo) { Text(stringResource(R.string.action_cancel)) } },
        title = { Text(title) },
        text = {
            Column {
                text?.let { Text(it) }
                PasswordField(label, password) { password = it }
            }
        },
    )
}
