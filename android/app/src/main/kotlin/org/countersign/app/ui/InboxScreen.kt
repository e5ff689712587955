package org.countersign.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Card
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.OpenVault
import org.countersign.core.EndedRequest
import org.countersign.core.Inbox
import org.countersign.core.PendingRequest

/** What waits over all accounts, what has just ended, and what could not be asked. */
@Composable
fun InboxScreen(vault: OpenVault) {
    val state by vault.inbox.state.collectAsState()
    Frame(
        stringResource(R.string.tab_inbox),
        vault.inbox,
        actions = { TextButton(onClick = vault.inbox::refresh) { Text(stringResource(R.string.inbox_refresh)) } },
    ) {
        val inbox = state.inbox ?: return@Frame
        LazyColumn(
            Modifier.fillMaxSize().padding(horizontal = 16.dp),
            verticalArrangement = Arrangement.spacedBy(8.dp),
        ) {
            item { Warnings(inbox) }
            if (inbox.pending.isEmpty()) item { Text(stringResource(R.string.inbox_empty)) }
            items(inbox.pending, key = { it.id }) { request -> Waiting(request) { vault.openRequest(request.id) } }
            if (inbox.ended.isNotEmpty()) item { PartTitle(stringResource(R.string.inbox_ended)) }
            items(inbox.ended, key = { it.id }) { Ended(it) }
        }
    }
}

@Composable
private fun Warnings(inbox: Inbox) {
    Column {
        inbox.troubles.forEach { Notice(stringResource(R.string.inbox_trouble, it.tenant), isError = true) }
        inbox.refused.forEach { Notice(stringResource(R.string.inbox_refused_text, it.tenant), isError = true) }
        // One clock is wrong, however many servers say so.
        inbox.clocks.firstOrNull()?.let { Notice(stringResource(R.string.inbox_clock, it.seconds.toString())) }
    }
}

@Composable
private fun Waiting(
    request: PendingRequest,
    open: () -> Unit,
) {
    Card(onClick = open, modifier = Modifier.fillMaxWidth()) {
        Column(Modifier.padding(12.dp)) {
            Text(request.application, style = MaterialTheme.typography.titleMedium, color = colorOf(request.color))
            Text(request.message)
            Text(request.tenant, style = MaterialTheme.typography.bodySmall)
        }
    }
}

@Composable
private fun Ended(request: EndedRequest) {
    Column(Modifier.fillMaxWidth().padding(12.dp)) {
        Text(request.application, style = MaterialTheme.typography.titleMedium)
        Text(request.message)
        Text(request.outcome?.let { stringResource(words(it)) } ?: stringResource(R.string.ending_gone))
    }
}
