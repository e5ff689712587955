package org.countersign.app.ui

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.semantics.CustomAccessibilityAction
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.customActions
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.CodesModel
import org.countersign.core.Code
import org.countersign.core.CodeKind

/** One row: whose code, the code, how long it lives. A tap copies it. */
@Composable
fun CodeRow(
    code: Code,
    revealed: Boolean,
    copied: Boolean,
    codes: CodesModel,
    open: () -> Unit,
    moveUp: (() -> Unit)?,
    moveDown: (() -> Unit)?,
) {
    var askingPin by remember { mutableStateOf(false) }
    val copy = stringResource(R.string.action_copy)
    val moves =
        listOfNotNull(
            moveUp?.let { stringResource(R.string.codes_move_up) to it },
            moveDown?.let { stringResource(R.string.codes_move_down) to it },
        )
    Column(
        Modifier
            .fillMaxWidth()
            .clickable(onClickLabel = copy) { if (code.needsPin) askingPin = true else codes.copy(code.id) }
            .semantics {
                customActions =
                    moves.map { (label, move) ->
                        CustomAccessibilityAction(label) {
                            move()
                            true
                        }
                    }
            }.padding(horizontal = 16.dp, vertical = 8.dp),
    ) {
        Row(verticalAlignment = Alignment.CenterVertically) {
            Column(Modifier.weight(1f)) {
                Whose(code)
                Shown(code)
                code.nextGrouped?.let { Digits(it, style = MaterialTheme.typography.bodyMedium) }
            }
            Life(code)
        }
        Row {
            if (code.hidden && !revealed) TextButton(onClick = { codes.reveal(code.id) }) { Text(stringResource(R.string.codes_show)) }
            if (code.hidden && revealed) TextButton(onClick = { codes.hide(code.id) }) { Text(stringResource(R.string.codes_hide)) }
            if (code.kind == CodeKind.HOTP) TextButton(onClick = { codes.next(code.id) }) { Text(stringResource(R.string.codes_next)) }
            TextButton(onClick = open) { Text(stringResource(R.string.codes_details)) }
            moves.forEach { (label, move) -> TextButton(onClick = move) { Text(label) } }
        }
        if (copied) Text(stringResource(R.string.codes_copied), style = MaterialTheme.typography.bodySmall)
        HorizontalDivider()
    }
    if (askingPin) AskPin({ codes.setPin(code.id, it) }, { askingPin = false })
}

@Composable
private fun Whose(code: Code) {
    val name = code.issuer ?: code.account.ifEmpty { stringResource(R.string.codes_unnamed) }
    Text(name, style = MaterialTheme.typography.titleMedium)
    if (code.issuer != null && code.account.isNotEmpty()) Text(code.account, style = MaterialTheme.typography.bodySmall)
    if (code.pinned) Text(stringResource(R.string.codes_pinned), style = MaterialTheme.typography.labelSmall)
}

/** The code, or why there is none. */
@Composable
fun Shown(code: Code) {
    val grouped = code.grouped
    when {
        grouped != null -> Digits(grouped, style = MaterialTheme.typography.headlineMedium)
        code.needsPin -> Text(stringResource(R.string.codes_pin_needed))
        code.hidden -> Text(stringResource(R.string.codes_hidden))
    }
}

/** What is left of a code's life, as a ring; a screen reader says the seconds. */
@Composable
fun Life(code: Code) {
    val left = code.secondsLeft ?: return
    val spoken = stringResource(R.string.codes_seconds_left, left.toString())
    CircularProgressIndicator(
        progress = { code.lifeLeft.toInt() / WHOLE },
        modifier = Modifier.size(28.dp).clearAndSetSemantics { contentDescription = spoken },
    )
}

private const val WHOLE = 1000f
