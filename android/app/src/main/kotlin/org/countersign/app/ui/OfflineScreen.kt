package org.countersign.app.ui

import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.app.model.OfflineModel

/** A scanned sign-in, approved without a network by digits that are typed into its page. */
@Composable
fun OfflineScreen(
    model: OfflineModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Page(stringResource(R.string.offline_title), model, back) {
        AskedFor(state.request)
        val digits = state.digits
        if (digits == null) {
            Text(stringResource(R.string.offline_question))
            Button(onClick = model::approve) { Text(stringResource(R.string.action_approve)) }
        } else {
            Text(stringResource(R.string.offline_digits))
            Digits(digits.grouped, style = MaterialTheme.typography.displaySmall)
            Text(stringResource(R.string.request_seconds, state.secondsLeft.toString()))
            Button(onClick = back) { Text(stringResource(R.string.action_done)) }
        }
    }
}
