package org.countersign.app.ui

import androidx.compose.foundation.horizontalScroll
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.itemsIndexed
import androidx.compose.foundation.rememberScrollState
import androidx.compose.material3.Button
import androidx.compose.material3.DropdownMenu
import androidx.compose.material3.DropdownMenuItem
import androidx.compose.material3.FilterChip
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.painterResource
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.CodesModel
import org.countersign.app.model.OpenVault
import org.countersign.core.CodesClock
import org.countersign.core.CodesOrder
import org.countersign.core.CodesPage

/** The list of codes: searched, filtered, ordered. */
@Composable
fun CodesScreen(vault: OpenVault) {
    val codes = vault.codes
    val state by codes.state.collectAsState()
    Frame(
        stringResource(R.string.tab_codes),
        codes,
        actions = {
            state.page?.let { OrderMenu(it.order, codes::order) }
            IconButton(onClick = vault::openScan) {
                Icon(painterResource(R.drawable.ic_scan), contentDescription = stringResource(R.string.codes_scan))
            }
        },
    ) {
        val settings by vault.settings.state.collectAsState()
        if (settings.page?.passwordDue == true) Notice(stringResource(R.string.settings_password_due))
        if (settings.page?.backupTrouble != null) Notice(stringResource(R.string.settings_backup_trouble), isError = true)
        val page = state.page ?: return@Frame
        if (page.total == 0uL) return@Frame Nothing(vault)
        Search(codes)
        if (page.tags.isNotEmpty()) Tags(page, codes::filter)
        page.clock?.let { Clock(it, vault) }
        if (page.rows.isEmpty()) Text(stringResource(R.string.codes_none_found), Modifier.padding(16.dp))
        LazyColumn(Modifier.fillMaxSize()) {
            itemsIndexed(page.rows, key = { _, row -> row.id }) { at, row ->
                val manual = page.order == CodesOrder.MANUAL && page.query.isEmpty()
                CodeRow(
                    code = state.revealed[row.id] ?: row,
                    revealed = row.id in state.revealed,
                    copied = state.copied == row.id,
                    codes = codes,
                    open = { vault.openEntry(row.id) },
                    // One place up is before the one above; one place down is before the one after the next.
                    moveUp =
                        page.rows
                            .getOrNull(at - 1)
                            ?.takeIf { manual }
                            ?.let { above -> { codes.move(row.id, above.id) } },
                    moveDown =
                        if (manual && at < page.rows.lastIndex) {
                            { codes.move(row.id, page.rows.getOrNull(at + 2)?.id) }
                        } else {
                            null
                        },
                )
            }
        }
    }
}

@Composable
private fun Nothing(vault: OpenVault) {
    Column(Modifier.padding(16.dp), verticalArrangement = Arrangement.spacedBy(12.dp)) {
        Text(stringResource(R.string.codes_empty))
        Button(onClick = vault::openScan) { Text(stringResource(R.string.codes_scan)) }
        TextButton(onClick = vault::openImport) { Text(stringResource(R.string.codes_import)) }
    }
}

@Composable
private fun Search(codes: CodesModel) {
    var words by remember { mutableStateOf("") }
    LaunchedEffect(words) { codes.search(words) }
    Box(Modifier.padding(horizontal = 16.dp)) {
        TextField(stringResource(R.string.codes_search), words, { words = it })
    }
}

@Composable
private fun Tags(
    page: CodesPage,
    filter: (String?) -> Unit,
) {
    Row(
        Modifier.horizontalScroll(rememberScrollState()).padding(horizontal = 16.dp),
        horizontalArrangement = Arrangement.spacedBy(8.dp),
    ) {
        FilterChip(selected = page.tag == null, onClick = { filter(null) }, label = { Text(stringResource(R.string.codes_all)) })
        page.tags.forEach { use ->
            FilterChip(selected = page.tag == use.tag, onClick = { filter(use.tag) }, label = { Text(use.tag) })
        }
    }
}

@Composable
private fun Clock(
    clock: CodesClock,
    vault: OpenVault,
) {
    val settings by vault.settings.state.collectAsState()
    val seconds = clock.seconds.toString()
    if (clock.followed) {
        Notice(stringResource(R.string.codes_clock_followed, seconds))
    } else {
        Notice(stringResource(R.string.codes_clock, seconds))
        settings.page?.let { page ->
            TextButton(onClick = { vault.settings.keep(page.settings.copy(followServersClock = true)) }) {
                Text(stringResource(R.string.codes_clock_follow))
            }
        }
    }
}

@Composable
private fun OrderMenu(
    now: CodesOrder,
    choose: (CodesOrder) -> Unit,
) {
    var open by remember { mutableStateOf(false) }
    Box {
        TextButton(onClick = { open = true }) { Text(stringResource(R.string.codes_order)) }
        DropdownMenu(expanded = open, onDismissRequest = { open = false }) {
            CodesOrder.entries.forEach { order ->
                DropdownMenuItem(
                    text = { Text(stringResource(name(order))) },
                    enabled = order != now,
                    onClick = {
                        open = false
                        choose(order)
                    },
                )
            }
        }
    }
}

private fun name(order: CodesOrder): Int =
    when (order) {
        CodesOrder.ADDED -> R.string.order_added
        CodesOrder.NAME -> R.string.order_name
        CodesOrder.MANUAL -> R.string.order_manual
        CodesOrder.USAGE -> R.string.order_usage
    }
