package org.countersign.app.model

import org.countersign.core.AnswerOutcome
import org.countersign.core.ChallengeOutcome
import org.countersign.core.CoreException
import org.countersign.core.Inbox
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

/** What waits now, asked of all servers, for notifications: none while the vault is locked. */
suspend fun AppModel.inboxNow(): Inbox? {
    val core = (state.value as? AppState.Open)?.vault?.core ?: return null
    return try {
        core.inbox(0u)
    } catch (locked: CoreException) {
        null
    }
}

/** What a push about a request comes to. */
sealed interface Pushed {
    data class Waits(
        val request: PendingRequest,
    ) : Pushed

    /** It was answered or is over: there is nothing to disturb anybody for. */
    data object Over : Pushed

    /** The vault is locked, or its server could not be asked: a person is told that something waits, and nothing of what. */
    data object Unknown : Pushed
}

suspend fun AppModel.pushed(request: String): Pushed {
    val inbox = inboxNow() ?: return Pushed.Unknown
    inbox.pending.find { it.id == request }?.let { return Pushed.Waits(it) }
    return if (inbox.troubles.isEmpty()) Pushed.Over else Pushed.Unknown
}
