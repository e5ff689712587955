package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.CoreException
import org.countersign.core.CountersignCore
import org.countersign.core.LockState
import org.countersign.core.WayToUnlock
import org.countersign.core.isShortPassword
import org.countersign.core.waysToUnlock

/** What the whole app shows. */
sealed interface AppState {
    /** It is not known yet whether there is a vault. */
    data object Looking : AppState

    /** First use: a vault is to be created. */
    data object NoVault : AppState

    /** `keyLost`: this phone's key is gone, as after a restore or new fingerprints; the password or the phrase still open it. */
    data class Locked(
        val ways: List<WayToUnlock>,
        val keyLost: Boolean = false,
    ) : AppState

    /** `keyLost`: unlocking by this phone has to be switched on again. */
    data class Open(
        val vault: OpenVault,
        val keyLost: Boolean = false,
    ) : AppState

    /** There is a vault, and it does not open. */
    data class CannotOpen(
        val recovery: RecoveryModel,
    ) : AppState
}

/** The root: whether there is a vault, whether it is open, and what to show once it is. */
class AppModel(
    private val phone: Phone,
    parent: CoroutineScope,
) : Model<AppState>(parent, AppState.Looking) {
    private var linkWaiting: String? = null
    private var requestWaiting: String? = null
    private var scanWaiting = false
    private var inFront = false

    /** Looks whether there is a vault. Call it once, before anything else. */
    fun start() = work { ask() }

    fun isShort(password: String): Boolean = isShortPassword(password)

    /** Creates the vault; with `byPhone`, this phone's key will unlock it too. */
    fun create(
        password: String,
        byPhone: Boolean,
    ) = work {
        val core = CountersignCore.createWithPassword(phone.vaultPath, password, phone.keys, phone.connection)
        core.passwordTyped()
        opened(core, keyLost = false)
        // A phone that refuses is told, and the vault is open all the same.
        if (byPhone) core.setKeyStore(phone.keys, WRAPPING_KEY)
        vault()?.settings?.refresh()
    }

    fun unlock(password: String) =
        work {
            val core = CountersignCore.openWithPassword(phone.vaultPath, password, phone.keys, phone.connection)
            opened(core, keyLost = keyLost())
            core.passwordTyped()
        }

    fun unlockByPhrase(phrase: String) =
        work {
            val core = CountersignCore.openWithPhrase(phone.vaultPath, phrase, phone.keys, phone.connection)
            opened(core, keyLost = keyLost())
        }

    fun unlockByPhone() =
        work {
            try {
                opened(CountersignCore.openWithKeyStore(phone.vaultPath, phone.keys, phone.connection), keyLost = false)
            } catch (error: CoreException.Unlock) {
                if (error.code != KEY_LOST || !keyIsLost(error)) throw error
            }
        }

    /** The password or the phrase still open the vault; where there is neither, nothing does. True when that was said. */
    private fun keyIsLost(reason: CoreException): Boolean {
        val locked = state.value as? AppState.Locked ?: return false
        val nothingElse = locked.ways == listOf(WayToUnlock.KEY_STORE)
        val recovery = if (nothingElse) AppState.CannotOpen(RecoveryModel(this, phone, scope, reason)) else null
        tell { recovery ?: locked.copy(keyLost = true) }
        return nothingElse
    }

    /** This phone's key unlocks the vault again, after it was lost. */
    fun keyIsBack() = tell { if (it is AppState.Open) it.copy(keyLost = false) else it }

    fun lock() {
        vault()?.core?.lock()
        shut()
    }

    /** Call it every second while the app is in front. */
    fun tick() {
        val vault = vault() ?: return
        if (vault.core.tick() is LockState.Locked) shut() else vault.tick()
    }

    /** The person has touched the screen. */
    fun touch() {
        val vault = vault() ?: return
        if (vault.core.touch() is LockState.Locked) shut()
    }

    /** The app comes to the front: locks what should have been locked meanwhile, and watches the inbox. */
    fun inFront() {
        inFront = true
        tick()
        vault()?.watch()
    }

    /** The app is left, or the phone locks. */
    fun inBackground() {
        inFront = false
        val vault = vault() ?: return
        if (vault.core.inBackground() is LockState.Locked) shut() else vault.rest()
    }

    /** A link from outside: shown to the person once the vault is open, and never done by itself. */
    fun openLink(link: String) {
        linkWaiting = link
        handOver()
    }

    /** A notification was tapped. */
    fun openRequest(id: String) {
        requestWaiting = id
        handOver()
    }

    /** A widget asks for the scanner: it opens once the vault is open. */
    fun openScan() {
        scanWaiting = true
        handOver()
    }

    /** What is known of the vault's file is asked anew, as after it was put aside. */
    internal fun ask() {
        val state =
            try {
                AppState.Locked(waysToUnlock(phone.vaultPath))
            } catch (error: CoreException.Vault) {
                if (error.code == NOT_FOUND) AppState.NoVault else AppState.CannotOpen(RecoveryModel(this, phone, scope, error))
            }
        val before = this.state.value
        tell { state }
        if (before is AppState.CannotOpen) before.recovery.close()
    }

    private fun vault(): OpenVault? = (state.value as? AppState.Open)?.vault

    private fun keyLost(): Boolean = (state.value as? AppState.Locked)?.keyLost == true

    private fun opened(
        core: CountersignCore,
        keyLost: Boolean,
    ) {
        vault()?.close()
        val vault = OpenVault(core, phone, scope, app = this)
        tell { AppState.Open(vault, keyLost) }
        // Whoever left while the password was being checked has left an open vault behind.
        if (inFront) vault.watch() else inBackground()
        handOver()
    }

    internal fun shut() {
        var shut: OpenVault? = null
        tell { state ->
            shut = (state as? AppState.Open)?.vault
            if (shut == null) state else AppState.Looking
        }
        // A lock is told twice, by who locks and by the core: only one of them does this.
        shut?.let {
            it.close()
            look { ask() }
        }
    }

    private fun handOver() {
        val vault = vault() ?: return
        linkWaiting?.let { vault.openLink(it) }
        requestWaiting?.let { vault.openRequest(it) }
        if (scanWaiting) vault.openScan()
        linkWaiting = null
        requestWaiting = null
        scanWaiting = false
    }

    internal companion object {
        const val WRAPPING_KEY = "vault"
        const val KEY_LOST = "vault_key_lost"
        const val NOT_FOUND = "vault_not_found"
    }
}
