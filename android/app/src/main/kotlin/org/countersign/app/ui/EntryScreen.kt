package org.countersign.app.ui

import android.graphics.BitmapFactory
import androidx.compose.foundation.Image
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.size
import androidx.compose.material3.Button
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.EntryModel
import org.countersign.core.Code
import org.countersign.core.CodeKind
import org.countersign.core.Entry
import org.countersign.core.EntryChange
import org.countersign.core.EntryPicture

/** One account with codes: its code, its names, what it is, and its removal. */
@Composable
fun EntryScreen(
    model: EntryModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    var askingPin by remember { mutableStateOf(false) }
    Page(stringResource(R.string.entry_title), model, back) {
        val entry = state.entry ?: return@Page
        state.picture?.let { Picture(it) }
        state.code?.let { TheCode(it, model::next) }
        if (entry.needsPin) {
            Text(stringResource(R.string.codes_pin_needed))
            Button(onClick = { askingPin = true }) { Text(stringResource(R.string.codes_pin)) }
        }
        if (entry.weak) Notice(stringResource(R.string.entry_weak))
        Names(entry, model::edit)
        Facts(entry)
        ConfirmedButton(
            stringResource(R.string.entry_remove),
            stringResource(R.string.entry_remove_text),
            model::remove,
        )
    }
    if (askingPin) AskPin(model::setPin) { askingPin = false }
}

@Composable
private fun TheCode(
    code: Code,
    next: () -> Unit,
) {
    Row(verticalAlignment = Alignment.CenterVertically) {
        Shown(code)
        Life(code)
    }
    if (code.kind == CodeKind.HOTP) Button(onClick = next) { Text(stringResource(R.string.codes_next)) }
}

/** Only what Android itself draws as a picture: an SVG file is what somebody else wrote, and stays unread. */
@Composable
private fun Picture(picture: EntryPicture) {
    val bitmap = remember(picture) { BitmapFactory.decodeByteArray(picture.bytes, 0, picture.bytes.size) } ?: return
    Image(bitmap.asImageBitmap(), contentDescription = null, modifier = Modifier.size(64.dp))
}

@Composable
private fun Names(
    entry: Entry,
    edit: (EntryChange) -> Unit,
) {
    var issuer by remember(entry.issuer) { mutableStateOf(entry.issuer.orEmpty()) }
    var account by remember(entry.account) { mutableStateOf(entry.account) }
    var tags by remember(entry.tags) { mutableStateOf(entry.tags.joinToString(", ")) }
    var note by remember(entry.note) { mutableStateOf(entry.note) }
    TextField(stringResource(R.string.entry_issuer), issuer, { issuer = it })
    TextField(stringResource(R.string.entry_account), account, { account = it })
    TextField(stringResource(R.string.entry_tags), tags, { tags = it })
    TextField(stringResource(R.string.entry_note), note, { note = it }, singleLine = false)
    SwitchLine(stringResource(R.string.entry_pinned), entry.pinned) { edit(EntryChange(null, null, null, it, null)) }
    val change = EntryChange(issuer, account, words(tags), null, note)
    val same = EntryChange(entry.issuer.orEmpty(), entry.account, entry.tags, null, entry.note)
    Button(enabled = change != same, onClick = { edit(change) }) { Text(stringResource(R.string.action_save)) }
}

/** By commas of both scripts. */
private fun words(typed: String): List<String> = typed.split(',', '،').map { it.trim() }.filter { it.isNotEmpty() }

@Composable
private fun Facts(entry: Entry) {
    val kind =
        when (entry.kind) {
            CodeKind.TOTP -> R.string.kind_totp
            CodeKind.HOTP -> R.string.kind_hotp
            CodeKind.STEAM -> R.string.kind_steam
            CodeKind.MOTP -> R.string.kind_motp
            CodeKind.YANDEX -> R.string.kind_yandex
        }
    Fact(stringResource(R.string.entry_kind), stringResource(kind))
    Fact(stringResource(R.string.entry_digits), entry.digits.toString())
    entry.period?.let { Fact(stringResource(R.string.entry_period), it.toString()) }
    entry.counter?.let { Fact(stringResource(R.string.entry_counter), it.toString()) }
    Fact(stringResource(R.string.entry_used), entry.timesUsed.toString())
}

/** The PIN that codes of some kinds are made with. */
@Composable
fun AskPin(
    onTyped: (String) -> Unit,
    onNo: () -> Unit,
) {
    AskPassword(
        title = stringResource(R.string.codes_pin),
        text = stringResource(R.string.codes_pin_text),
        onTyped = onTyped,
        onNo = onNo,
        label = stringResource(R.string.codes_pin),
        yes = stringResource(R.string.action_save),
    )
}
