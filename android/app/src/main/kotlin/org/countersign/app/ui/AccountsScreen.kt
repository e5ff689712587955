package org.countersign.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.material3.Card
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.OpenVault

/** The accounts that this phone answers for. */
@Composable
fun AccountsScreen(vault: OpenVault) {
    val state by vault.accounts.state.collectAsState()
    Frame(
        stringResource(R.string.tab_accounts),
        vault.accounts,
        actions = {
            TextButton(onClick = vault::openHistory) { Text(stringResource(R.string.accounts_history)) }
            IconButton(onClick = vault::openScan) {
                Icon(painterResource(R.drawable.ic_scan), contentDescription = stringResource(R.string.codes_scan))
            }
        },
    ) {
        val accounts = state.accounts ?: return@Frame
        LazyColumn(
            Modifier.fillMaxSize().padding(horizontal = 16.dp),
            verticalArrangement = Arrangement.spacedBy(8.dp),
        ) {
            if (accounts.isEmpty()) item { NoAccount() }
            items(accounts, key = { it.id }) { account ->
                Card(onClick = { vault.openAccount(account.id) }, modifier = Modifier.fillMaxWidth()) {
                    Column(Modifier.padding(12.dp)) {
                        Text(account.tenant, style = MaterialTheme.typography.titleMedium)
                        Text(account.userName ?: account.userRef)
                        Text(account.server, style = MaterialTheme.typography.bodySmall)
                    }
                }
            }
        }
    }
}

@Composable
private fun NoAccount() {
    Column {
        Text(stringResource(R.string.accounts_empty))
        // Where the organisation whose app this is hands out invitations.
        val server = stringResource(R.string.default_server)
        if (server.isNotEmpty()) Text(server)
    }
}
