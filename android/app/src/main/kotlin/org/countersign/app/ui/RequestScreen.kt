package org.countersign.app.ui

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.res.stringResource
import androidx.compose.ui.unit.dp
import org.countersign.app.R
import org.countersign.app.model.Ending
import org.countersign.app.model.RequestModel
import org.countersign.app.model.RequestState
import org.countersign.core.PendingRequest

/** One request: who asks for what, the number, approve or deny, and how it ended. */
@Composable
fun RequestScreen(
    model: RequestModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Page(stringResource(R.string.request_title), model, back) {
        val request = state.request
        if (request != null) AskedFor(request)
        val ending = state.ending
        when {
            ending != null -> Ended(ending, state, back)
            request == null -> Text(stringResource(R.string.request_looking))
            state.code != null -> ShownCode(state.code.orEmpty())
            else -> Answer(model, state, request)
        }
    }
}

/** Who asks, for what, from where: everything that the person decides by. */
@Composable
fun AskedFor(request: PendingRequest) {
    val kind =
        when (request.kind) {
            "login" -> R.string.request_login
            "payment" -> R.string.request_payment
            else -> R.string.request_other
        }
    Text(request.application, style = MaterialTheme.typography.headlineSmall, color = colorOf(request.color))
    Text(stringResource(kind), style = MaterialTheme.typography.labelLarge)
    Text(request.message, style = MaterialTheme.typography.bodyLarge)
    if (request.risk >= UNUSUAL) Notice(stringResource(R.string.request_unusual), isError = true)
    Fact(stringResource(R.string.enroll_tenant), request.tenant)
    Fact(stringResource(R.string.request_user), request.user)
    request.place?.let { Fact(stringResource(R.string.request_place), it) }
    request.ip?.let { Fact(stringResource(R.string.request_address), it) }
    val with = listOfNotNull(request.browser, request.os).joinToString(", ")
    if (with.isNotEmpty()) Fact(stringResource(R.string.request_browser), with)
    request.details.forEach { Fact(it.label, it.value) }
}

@Composable
private fun Answer(
    model: RequestModel,
    state: RequestState,
    request: PendingRequest,
) {
    Text(stringResource(R.string.request_seconds, state.secondsLeft.toString()))
    request.digits?.let { DigitsField(stringResource(R.string.request_number), state.number, model::number) }
    request.options?.let { Pick(it, state.number, model::number) }
    if (request.rulesAllowed) Rule(model, state)
    Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(12.dp)) {
        OutlinedButton(onClick = model::deny, modifier = Modifier.weight(1f)) { Text(stringResource(R.string.action_deny)) }
        Button(onClick = model::approve, enabled = state.canApprove, modifier = Modifier.weight(1f)) {
            Text(stringResource(R.string.action_approve))
        }
    }
    ConfirmedButton(
        stringResource(R.string.request_not_me),
        stringResource(R.string.request_not_me_text),
        model::report,
    )
}

@Composable
private fun Pick(
    options: List<String>,
    picked: String,
    pick: (String) -> Unit,
) {
    Text(stringResource(R.string.request_pick))
    options.forEach { option -> ChoiceLine(option, option == picked) { pick(option) } }
}

/** A rule is never offered by itself: the person asks for it, sees what it would let through, and for how long. */
@Composable
private fun Rule(
    model: RequestModel,
    state: RequestState,
) {
    val rule = state.rule
    if (rule == null) {
        TextButton(onClick = model::askForRule) { Text(stringResource(R.string.request_rule)) }
        return
    }
    Text(stringResource(R.string.request_rule_text, rule.application, rule.network))
    ChoiceLine(stringResource(R.string.request_rule_none), state.ruleDays == null) { model.remember(null) }
    DAYS.forEach { days ->
        ChoiceLine(stringResource(R.string.request_rule_days, days.toString()), state.ruleDays == days) { model.remember(days) }
    }
}

@Composable
private fun ShownCode(code: String) {
    Text(stringResource(R.string.request_shown_code))
    Digits(code, style = MaterialTheme.typography.displayMedium)
}

@Composable
private fun Ended(
    ending: Ending,
    state: RequestState,
    back: () -> Unit,
) {
    Text(stringResource(words(ending)), style = MaterialTheme.typography.titleLarge)
    if (ending == Ending.APPROVED && state.ruleDays != null) Text(stringResource(R.string.request_rule_made))
    Button(onClick = back) { Text(stringResource(R.string.action_done)) }
}

private fun words(ending: Ending): Int =
    when (ending) {
        Ending.APPROVED -> R.string.ending_approved
        Ending.DENIED -> R.string.ending_denied
        Ending.REPORTED -> R.string.ending_reported
        Ending.WRONG_NUMBER -> R.string.ending_wrong_number
        Ending.EXPIRED -> R.string.ending_expired
        Ending.CANCELLED -> R.string.ending_cancelled
        Ending.FAILED -> R.string.ending_failed
        Ending.APPROVED_ELSEWHERE -> R.string.ending_approved_elsewhere
        Ending.DENIED_ELSEWHERE -> R.string.ending_denied_elsewhere
        Ending.GONE -> R.string.ending_gone
    }

private val UNUSUAL: UByte = 3u

/** The longest is what servers allow at most. */
private val DAYS = listOf(1, 7, 30)
