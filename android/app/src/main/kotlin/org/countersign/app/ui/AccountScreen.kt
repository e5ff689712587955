package org.countersign.app.ui

import android.graphics.BitmapFactory
import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.size
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.AccountModel
import org.countersign.app.model.AccountState
import org.countersign.core.Account
import org.countersign.core.HistoryItem
import org.countersign.core.StandingRule

/** One account: its name for this phone, its rules, its history, its way to a new phone, its removal. */
@Composable
fun AccountScreen(
    model: AccountModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    val account = state.account
    Page(account?.tenant ?: stringResource(R.string.entry_title), model, back) {
        if (account == null) return@Page
        WhichAccount(account, model::rename)
        Rules(state, model)
        ServersHistory(state.history, model::loadHistory)

        PartTitle(stringResource(R.string.account_transfer))
        Button(onClick = model::transfer) { Text(stringResource(R.string.account_transfer)) }
        Removal(state, model)
    }
    state.successor?.let { successor ->
        AlertDialog(
            onDismissRequest = model::forgetTransfer,
            confirmButton = { Button(onClick = model::forgetTransfer) { Text(stringResource(R.string.action_done)) } },
            title = { Text(stringResource(R.string.account_transfer)) },
            text = { successor.picture?.let { TransferCode(it) } },
        )
    }
}

@Composable
private fun WhichAccount(
    account: Account,
    rename: (String) -> Unit,
) {
    var name by remember(account.deviceName) { mutableStateOf(account.deviceName) }
    Fact(stringResource(R.string.enroll_server), account.server)
    Fact(stringResource(R.string.enroll_user), account.userName ?: account.userRef)
    Fact(stringResource(R.string.account_since), moment(account.enrolledAt))
    account.clockError?.let { Notice(stringResource(R.string.account_clock, it.toString())) }
    TextField(stringResource(R.string.account_rename), name, { name = it })
    Button(enabled = name.isNotBlank() && name != account.deviceName, onClick = { rename(name) }) {
        Text(stringResource(R.string.action_save))
    }
}

@Composable
private fun Rules(
    state: AccountState,
    model: AccountModel,
) {
    PartTitle(stringResource(R.string.account_rules))
    val rules = state.rules
    if (rules == null) {
        TextButton(onClick = model::loadRules) { Text(stringResource(R.string.inbox_refresh)) }
        return
    }
    if (rules.isEmpty()) Text(stringResource(R.string.account_rules_none))
    rules.forEach { Rule(it, model::endRule) }
    if (state.foreignRules > 0) {
        Notice(stringResource(R.string.account_rules_foreign, state.foreignRules.toString()), isError = true)
    }
}

@Composable
private fun Rule(
    rule: StandingRule,
    end: (String) -> Unit,
) {
    Text(stringResource(R.string.account_rule_until, rule.application, rule.network, moment(rule.endsAt)))
    TextButton(onClick = { end(rule.id) }) { Text(stringResource(R.string.action_end)) }
}

@Composable
private fun ServersHistory(
    history: List<HistoryItem>?,
    load: () -> Unit,
) {
    PartTitle(stringResource(R.string.account_history))
    if (history == null) {
        TextButton(onClick = load) { Text(stringResource(R.string.inbox_refresh)) }
        return
    }
    if (history.isEmpty()) Text(stringResource(R.string.history_empty))
    history.forEach { item ->
        val how =
            listOfNotNull(
                stringResource(words(item.outcome)),
                stringResource(R.string.history_by_rule).takeIf { item.byRule },
                stringResource(R.string.history_offline).takeIf { item.offline },
                stringResource(R.string.history_here).takeIf { item.answeredHere },
            )
        Fact(moment(item.createdAt), "${item.application}: ${item.message}\n${how.joinToString(" · ")}")
        item.receipt?.let { ShareReceipt(it) }
    }
}

@Composable
private fun TransferCode(code: ByteArray) {
    val picture = remember(code) { BitmapFactory.decodeByteArray(code, 0, code.size) } ?: return
    Column {
        Text(stringResource(R.string.account_transfer_text))
        Image(picture.asImageBitmap(), contentDescription = stringResource(R.string.account_transfer), modifier = Modifier.size(280.dp))
    }
}

@Composable
private fun Removal(
    state: AccountState,
    model: AccountModel,
) {
    PartTitle(stringResource(R.string.account_remove))
    val text = if (state.serverIsGone) R.string.account_remove_gone_text else R.string.account_remove_text
    ConfirmedButton(stringResource(R.string.account_remove), stringResource(text)) { model.remove(state.serverIsGone) }
}
