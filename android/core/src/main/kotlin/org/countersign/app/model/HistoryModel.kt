package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.GivenAnswer

/** What this phone has answered. */
data class HistoryState(
    /** Newest first. */
    val answers: List<GivenAnswer> = emptyList(),
    /** Whether there are older ones. */
    val more: Boolean = true,
)

/** What this phone has answered over all accounts, with receipts. Needs no network. */
class HistoryModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<HistoryState>(parent, HistoryState()) {
    private var after: String? = null

    init {
        more()
    }

    /** The next part, as when the end of the list is reached. */
    fun more() =
        work {
            if (!state.value.more) return@work
            val page = vault.core.answers(after, PAGE)
            after = page.next
            tell { HistoryState(it.answers + page.answers, page.next != null) }
        }

    private companion object {
        const val PAGE = 50u
    }
}
