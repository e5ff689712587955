package org.countersign.app.model

import org.countersign.core.AnswerOutcome
import org.countersign.core.ChallengeOutcome
import org.countersign.core.CoreException
import org.countersign.core.PendingRequest

/** Denies from a notification, without a screen. False when the vault is locked, or the server was not told. */
suspend fun AppModel.deny(request: String): Boolean {
    val core = (state.value as? AppState.Open)?.vault?.core ?: return false
    return try {
        val outcome = core.deny(request)
        outcome is AnswerOutcome.Done && outcome.outcome == ChallengeOutcome.DENIED
    } catch (notTold: CoreException) {
        false
    }
}

/** What a notification may say of requests that a push was about: none while the vault is locked. Asks the servers. */
suspend fun AppModel.waiting(): List<PendingRequest>? {
    val core = (state.value as? AppState.Open)?.vault?.core ?: return null
    return try {
        core.inbox(0u).pending
    } catch (unreachable: CoreException) {
        null
    }
}
