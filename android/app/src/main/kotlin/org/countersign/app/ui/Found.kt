package org.countersign.app.ui

import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.material3.Button
import androidx.compose.material3.Card
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.ScanModel
import org.countersign.core.ExportParts
import org.countersign.core.ScanPage
import org.countersign.core.ScannedItem
import org.countersign.core.ScannedKind

/** What a scanner has found: what it is, and what the person may do with it. */
@Composable
fun Found(
    model: ScanModel,
    page: ScanPage,
) {
    if (page.items.isNotEmpty() || page.exports.isNotEmpty()) PartTitle(stringResource(R.string.scan_found))
    page.items.forEach { Item(it, model) }
    page.exports.forEach { Parts(it, model) }
}

@Composable
private fun Item(
    item: ScannedItem,
    model: ScanModel,
) {
    val words =
        when (item.kind) {
            ScannedKind.ACCOUNT -> R.string.scan_account
            ScannedKind.ENROLLMENT -> R.string.scan_enrollment
            ScannedKind.OFFLINE_REQUEST -> R.string.scan_offline
            ScannedKind.INVALID -> R.string.scan_invalid
            ScannedKind.OTHER -> R.string.scan_other
        }
    Decide(onNo = { model.settle(item.id) }, yes = { Yes(item, model) }) {
        Text(stringResource(words), style = MaterialTheme.typography.titleMedium)
        item.issuer?.let { Text(it) }
        item.account?.let { Text(it) }
        if (item.weak) Text(stringResource(R.string.scan_weak))
        if (item.needsPin) Text(stringResource(R.string.codes_pin_needed))
        item.remark?.let { Text(said(it), style = MaterialTheme.typography.bodySmall) }
    }
}

@Composable
private fun Yes(
    item: ScannedItem,
    model: ScanModel,
) {
    when (item.kind) {
        ScannedKind.ACCOUNT -> Button(onClick = { model.add(item.id) }) { Text(stringResource(R.string.action_add)) }
        ScannedKind.ENROLLMENT -> Button(onClick = { model.enroll(item.id) }) { Text(stringResource(R.string.scan_look)) }
        ScannedKind.OFFLINE_REQUEST -> Button(onClick = { model.approveOffline(item.id) }) { Text(stringResource(R.string.scan_look)) }
        ScannedKind.INVALID, ScannedKind.OTHER -> Unit
    }
}

@Composable
private fun Parts(
    export: ExportParts,
    model: ScanModel,
) {
    val words =
        if (export.missing.isEmpty()) {
            stringResource(R.string.scan_export_complete, export.entries.toString())
        } else {
            stringResource(
                R.string.scan_export,
                export.scanned.size.toString(),
                export.size.toString(),
                export.missing.joinToString(", "),
            )
        }
    Decide(
        onNo = { model.settleExport(export.id) },
        yes = { Button(onClick = { model.import(export.id) }) { Text(stringResource(R.string.scan_look)) } },
    ) { Text(words) }
}

@Composable
private fun Decide(
    onNo: () -> Unit,
    yes: @Composable () -> Unit,
    what: @Composable () -> Unit,
) {
    Card(Modifier.fillMaxWidth()) {
        Column(Modifier.padding(12.dp)) {
            what()
            Row {
                yes()
                TextButton(onClick = onNo) { Text(stringResource(R.string.action_close)) }
            }
        }
    }
}
