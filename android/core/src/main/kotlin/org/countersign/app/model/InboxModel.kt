package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.Inbox

/** The inbox. */
data class InboxState(
    /** None until the servers were asked. */
    val inbox: Inbox? = null,
    /** When it was fetched, by [Phone.uptime]. */
    val at: Long = 0,
)

/** What waits over all accounts, and what has just ended. */
class InboxModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<InboxState>(parent, InboxState()) {
    /** Asks all servers now, as when the list is pulled down. */
    fun refresh() = work { changed(vault.core.inbox(0u)) }

    /** What one account could not do is in `inbox.troubles`: the others go on. */
    internal fun changed(inbox: Inbox) = tell { InboxState(inbox, vault.phone.uptime()) }

    internal fun stopped(trouble: Trouble) = tell(trouble)
}
