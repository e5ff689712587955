package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.AppSettings
import org.countersign.core.CountersignCore
import org.countersign.core.EarlierState
import org.countersign.core.SettingsPage
import org.countersign.core.WayToUnlock
import org.countersign.core.earlierStates

/** The settings. */
data class SettingsState(
    /** None until it was read. */
    val page: SettingsPage? = null,
    /** Earlier states of the vault, newest first; none until they were asked for. */
    val earlier: List<EarlierState>? = null,
)

/** The person's choices, the ways to unlock, backups, earlier states. */
class SettingsModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<SettingsState>(parent, SettingsState()) {
    private val core = vault.core

    init {
        refresh()
    }

    /** Keeps other choices; one out of its range is told, and nothing is kept. */
    fun keep(settings: AppSettings) =
        change {
            core.setSettings(settings)
            vault.codes.refresh()
        }

    fun setPassword(password: String) = change { core.setPassword(password) }

    /** For who unlocks by this phone and does not know the password any more. */
    fun replaceForgottenPassword(password: String) = change { core.replaceForgottenPassword(password) }

    /** The reminder was answered: the password is checked, and the reminder begins anew. */
    fun typePassword(password: String) =
        change {
            val phone = vault.phone
            val second = CountersignCore.openWithPassword(phone.vaultPath, password, phone.keys, phone.connection)
            second.lock()
            second.close()
            core.passwordTyped()
        }

    /** Lets this phone's key unlock the vault, or does it again after it was lost. */
    fun unlockByPhone() =
        change {
            core.setKeyStore(vault.phone.keys, AppModel.WRAPPING_KEY)
            vault.app.keyIsBack()
        }

    fun removeWay(way: WayToUnlock) = change { core.removeWay(way) }

    /** Seals everything under new keys; afterwards the password is the only way to unlock. */
    fun renewKeys(password: String) = change { core.renewKeys(password) }

    fun backUp(
        folder: String,
        password: String,
        keep: Int,
    ) = change { core.backUp(folder, password, keep.toUShort()) }

    fun switchOnBackups(
        folder: String,
        password: String,
        keep: Int,
    ) = change { core.switchOnBackups(folder, password, keep.toUShort()) }

    fun switchOffBackups() = change { core.switchOffBackups() }

    fun loadEarlier() =
        work {
            val earlier = earlierStates(vault.phone.vaultPath)
            tell { it.copy(earlier = earlier) }
        }

    /** Goes back to an earlier state; the present one is kept as one of them. */
    fun restore(earlier: EarlierState) =
        change {
            core.restore(earlier.generation)
            vault.codes.refresh()
            vault.accounts.refresh()
            tell { it.copy(earlier = null) }
        }

    fun forgetEarlier() =
        change {
            core.forgetEarlierStates()
            tell { it.copy(earlier = null) }
        }

    fun refresh() {
        look { read() }
    }

    private fun change(task: suspend () -> Unit) =
        work {
            task()
            inTurn { read() }
        }

    private fun read() {
        val page = core.settingsPage()
        tell { it.copy(page = page) }
    }
}
