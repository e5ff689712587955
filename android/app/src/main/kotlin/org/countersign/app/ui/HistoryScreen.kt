package org.countersign.app.ui

import android.content.Intent
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalContext
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.HistoryModel
import org.countersign.core.GivenAnswer

/** What this phone has answered, with receipts. Needs no network. */
@Composable
fun HistoryScreen(
    model: HistoryModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Frame(stringResource(R.string.history_title), model, back) {
        LazyColumn(
            Modifier.fillMaxSize().padding(horizontal = 16.dp),
            verticalArrangement = Arrangement.spacedBy(12.dp),
        ) {
            if (state.answers.isEmpty() && !state.more) item { Text(stringResource(R.string.history_empty)) }
            items(state.answers) { Given(it) }
            if (state.more) item { TextButton(onClick = model::more) { Text(stringResource(R.string.history_more)) } }
        }
    }
}

@Composable
private fun Given(answer: GivenAnswer) {
    val outcome = stringResource(if (answer.decision == "report") R.string.decision_report else words(answer.outcome))
    Column {
        Fact(moment(answer.answeredAt), "${answer.application} (${answer.tenant}): ${answer.message}\n$outcome")
        answer.receipt?.let { ShareReceipt(it) }
    }
}

/** Hands the evidence to another app, as the person picks it. A receipt is no secret: it proves what was decided. */
@Composable
fun ShareReceipt(receipt: String) {
    val context = LocalContext.current
    TextButton(onClick = {
        val send = Intent(Intent.ACTION_SEND).setType("application/json").putExtra(Intent.EXTRA_TEXT, receipt)
        context.startActivity(Intent.createChooser(send, null))
    }) { Text(stringResource(R.string.history_receipt)) }
}
