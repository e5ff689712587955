package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.Account
import org.countersign.core.CoreException
import org.countersign.core.HistoryItem
import org.countersign.core.StandingRule
import org.countersign.core.Successor

/** All accounts, the oldest first. */
data class AccountsState(
    /** None until they were read. */
    val accounts: List<Account>? = null,
)

/** The accounts that this phone answers for. */
class AccountsModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<AccountsState>(parent, AccountsState()) {
    init {
        refresh()
    }

    fun refresh() {
        look {
            val accounts = vault.core.accounts()
            tell { AccountsState(accounts) }
        }
    }
}

/** One account. */
data class AccountState(
    /** None until it was read. */
    val account: Account? = null,
    /** What its server remembers of this phone; none until it was asked. */
    val history: List<HistoryItem>? = null,
    /** What is approved without asking; none until the server was asked. */
    val rules: List<StandingRule>? = null,
    /** Rules that the server lists and this phone has not made. */
    val foreignRules: Long = 0,
    /** A link by which another phone takes the account over: to be shown as a QR code, and kept nowhere. */
    val successor: Successor? = null,
    /** The server could not be told of the removal: removing it here alone is possible. */
    val serverIsGone: Boolean = false,
) {
    override fun toString() = "AccountState(${account?.id})"
}

/** One account: renamed, its rules and its history, handed to another phone, removed. */
class AccountModel internal constructor(
    private val vault: OpenVault,
    val id: String,
    parent: CoroutineScope,
) : Model<AccountState>(parent, AccountState()) {
    private val core = vault.core

    init {
        refresh()
    }

    fun rename(deviceName: String) =
        work {
            core.rename(id, deviceName)
            inTurn { read() }
            vault.accounts.refresh()
        }

    fun loadHistory() =
        work {
            val history = core.history(id)
            tell { it.copy(history = history) }
        }

    fun loadRules() = work { readRules() }

    fun endRule(rule: String) =
        work {
            core.endRule(id, rule)
            readRules()
        }

    fun transfer() =
        work {
            val successor = core.transfer(id)
            tell { it.copy(successor = successor) }
        }

    /** The link is not shown any more. */
    fun forgetTransfer() = tell { it.copy(successor = null) }

    /** Removes it here and at its server. `evenIfServerIsGone` is for after `serverIsGone`, and for the person's second yes. */
    fun remove(evenIfServerIsGone: Boolean = false) =
        work {
            try {
                core.removeAccount(id, evenIfServerIsGone)
            } catch (error: CoreException.Network) {
                tell { it.copy(serverIsGone = true) }
                throw error
            }
            vault.accounts.refresh()
            vault.back()
        }

    fun refresh() {
        look { read() }
    }

    private fun read() {
        val account = core.accounts().find { it.id == id }
        tell { it.copy(account = account) }
    }

    private suspend fun readRules() {
        val rules = core.rules(id)
        tell { it.copy(rules = rules.rules, foreignRules = rules.foreign.toLong()) }
    }
}
