package org.countersign.app.ui

import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateMapOf
import androidx.compose.runtime.remember
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.text.style.TextDirection
import org.countersign.app.R
import org.countersign.app.model.PhraseModel
import org.countersign.app.model.PhraseStep

/** Twelve words, written down by the person and typed back in part. */
@Composable
fun PhraseScreen(
    model: PhraseModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Page(stringResource(R.string.phrase_title), model, back) {
        when (state.step) {
            PhraseStep.WRITE_DOWN -> {
                Text(stringResource(R.string.phrase_text))
                state.words.forEachIndexed { at, word ->
                    // English words in every language: the phrase is typed back as it was shown.
                    val style = MaterialTheme.typography.titleMedium.copy(textDirection = TextDirection.Ltr)
                    Text("${at + 1}. $word", style = style)
                }
                Button(enabled = state.words.isNotEmpty(), onClick = model::writtenDown) {
                    Text(stringResource(R.string.phrase_written))
                }
                TextButton(onClick = model::draw) { Text(stringResource(R.string.phrase_another)) }
            }

            PhraseStep.TYPE_BACK -> {
                TypeBack(state.asked, model)
            }

            PhraseStep.DONE -> {
                Text(stringResource(R.string.phrase_done))
                Button(onClick = back) { Text(stringResource(R.string.action_done)) }
            }
        }
    }
}

@Composable
private fun TypeBack(
    asked: List<Int>,
    model: PhraseModel,
) {
    val typed = remember(asked) { mutableStateMapOf<Int, String>() }
    Text(stringResource(R.string.phrase_type_back))
    asked.forEach { at ->
        PasswordField(stringResource(R.string.phrase_word, at.toString()), typed[at].orEmpty()) { typed[at] = it.trim() }
    }
    val words = asked.map { typed[it].orEmpty() }
    Button(enabled = words.none { it.isEmpty() }, onClick = { model.typeBack(words) }) { Text(stringResource(R.string.action_continue)) }
    TextButton(onClick = model::draw) { Text(stringResource(R.string.phrase_another)) }
}
