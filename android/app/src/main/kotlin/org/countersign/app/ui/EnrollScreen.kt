package org.countersign.app.ui

import androidx.compose.material3.Button
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.remember
import androidx.compose.runtime.setValue
import androidx.compose.ui.res.stringResource
import org.countersign.app.R
import org.countersign.app.model.EnrollModel
import org.countersign.app.model.EnrollState
import org.countersign.core.EnrollmentCheck
import org.countersign.core.OfferDetails

/** An invitation: who invites, the code if one is asked for, this phone's name, and at the end what to compare. */
@Composable
fun EnrollScreen(
    model: EnrollModel,
    back: () -> Unit,
) {
    val state by model.state.collectAsState()
    Page(stringResource(R.string.enroll_title), model, back) {
        Who(state.details)
        val enrolled = state.enrolled
        when {
            enrolled != null -> {
                Text(stringResource(R.string.enroll_done), style = MaterialTheme.typography.titleMedium)
                Text(stringResource(R.string.enroll_confirmation))
                Digits(enrolled.confirmationCode, style = MaterialTheme.typography.displaySmall)
                AllowNotices()
                Button(onClick = back) { Text(stringResource(R.string.action_done)) }
            }

            state.codeNeeded -> {
                CodeFirst(state, model)
            }

            else -> {
                TextField(stringResource(R.string.enroll_device_name), state.deviceName, model::name)
                Button(onClick = model::enroll) { Text(stringResource(R.string.enroll_yes)) }
            }
        }
    }
}

@Composable
private fun Who(details: OfferDetails) {
    Text(stringResource(R.string.enroll_question), style = MaterialTheme.typography.titleMedium)
    Fact(stringResource(R.string.enroll_tenant), details.tenant)
    Fact(stringResource(R.string.enroll_server), details.server)
    Fact(stringResource(R.string.enroll_user), details.userName ?: details.userRef)
}

@Composable
private fun CodeFirst(
    state: EnrollState,
    model: EnrollModel,
) {
    var code by remember { mutableStateOf("") }
    val byMail = state.details.check == EnrollmentCheck.EMAIL_CODE
    Text(
        if (byMail) {
            stringResource(R.string.enroll_email_code, state.details.emailMasked.orEmpty())
        } else {
            stringResource(R.string.enroll_totp_code)
        },
    )
    DigitsField(stringResource(R.string.enroll_code), code, { code = it })
    Button(enabled = code.isNotEmpty(), onClick = { model.verify(code) }) { Text(stringResource(R.string.action_continue)) }
    if (!byMail) return
    if (state.resendIn > 0) {
        Text(stringResource(R.string.enroll_resend_in, state.resendIn.toString()))
    } else {
        TextButton(onClick = model::resend) { Text(stringResource(R.string.enroll_resend)) }
    }
}
