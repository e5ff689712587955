package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.Inbox

/** The inbox. */
data class InboxState(
    /** None until the servers were asked. */
    val inbox: Inbox? = null,
    /** When each waiting request ends, by [Phone.uptime]. */
    val endsAt: Map<String, Long> = emptyMap(),
) {
    fun secondsLeft(
        request: String,
        uptime: Long,
    ): Long = ((endsAt[request] ?: uptime) - uptime + MILLIS - 1).coerceAtLeast(0) / MILLIS

    internal companion object {
        const val MILLIS = 1000L
    }
}

/** What waits over all accounts, and what has just ended. */
class InboxModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<InboxState>(parent, InboxState()) {
    /** Asks all servers now, as when the list is pulled down. */
    fun refresh() = work { changed(vault.core.inbox(0u)) }

    /** What one account could not do is in `inbox.troubles`: the others go on. */
    internal fun changed(inbox: Inbox) {
        val now = vault.phone.uptime()
        tell { before ->
            // An account's last report may be told again with another's news: no request gains time by that.
            val ends = inbox.pending.associate { it.id to now + it.secondsLeft.toLong() * InboxState.MILLIS }
            InboxState(inbox, ends.mapValues { (id, end) -> minOf(end, before.endsAt[id] ?: end) })
        }
    }
}
