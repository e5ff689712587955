package org.countersign.app

import android.app.Application
import android.content.Context
import android.os.Build
import android.os.SystemClock
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.distinctUntilChanged
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.launch
import org.countersign.app.model.AppModel
import org.countersign.app.model.AppState
import org.countersign.app.model.OpenVault
import org.countersign.app.model.Phone
import org.countersign.app.model.Pushed
import org.countersign.app.model.pushed
import org.countersign.app.phone.BackupFolder
import org.countersign.app.phone.HardwareKeys
import org.countersign.app.phone.KeySpecs
import org.countersign.app.phone.Notices
import org.countersign.app.phone.Prompt
import org.countersign.app.phone.PushTokens
import org.countersign.app.phone.SensitiveClipboard
import org.countersign.app.push.Push
import java.io.File

/** The process: the one model of the app, and what of the phone it needs. */
class CountersignApp : Application() {
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    val prompt = Prompt()
    val push = Push(this)

    /** The person is picking something in another app, and comes back. */
    @Volatile var picking = false
    lateinit var notices: Notices
        private set
    lateinit var tokens: PushTokens
        private set
    lateinit var backups: BackupFolder
        private set
    lateinit var model: AppModel
        private set

    override fun onCreate() {
        super.onCreate()
        notices = Notices(this)
        backups = BackupFolder(this)
        tokens = PushTokens(this) { (model.state.value as? AppState.Open)?.vault?.pushTokenChanged() }
        val phone =
            Phone(
                vaultPath = File(filesDir, "vault.db").path,
                keys = HardwareKeys(KeySpecs(this), prompt),
                clipboard = SensitiveClipboard(this),
                uptime = SystemClock::elapsedRealtime,
                deviceName = Build.MODEL,
                pushToken = { tokens.token },
            )
        model = AppModel(phone, scope)
        model.start()
        push.start()
        scope.launch { model.state.collectLatest { if (it is AppState.Open) accompany(it.vault) } }
    }

    /** While the vault is open: new backups are copied out, and notifications of what has ended go. */
    private suspend fun accompany(vault: OpenVault) =
        coroutineScope {
            launch(Dispatchers.IO) {
                vault.settings.state
                    .map { it.page?.lastBackupAt }
                    .distinctUntilChanged()
                    .collect { backups.copyOut() }
            }
            launch { vault.inbox.state.collect { state -> state.inbox?.ended?.forEach { notices.remove(it.id) } } }
        }

    /** A push came: `request` is all that it says. What the notification tells besides is asked for here, over TLS. */
    fun pushed(request: String) {
        scope.launch {
            when (val known = model.pushed(request)) {
                is Pushed.Waits -> notices.show(request, known.request)
                Pushed.Unknown -> notices.show(request, null)
                Pushed.Over -> notices.remove(request)
            }
        }
    }

    companion object {
        fun of(context: Context): CountersignApp = context.applicationContext as CountersignApp
    }
}
