package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import org.countersign.core.CountersignCore
import org.countersign.core.Inbox
import org.countersign.core.Observation
import org.countersign.core.Observer

/** The places that are always one tap away. */
enum class Tab { CODES, INBOX, ACCOUNTS, SETTINGS }

/** A screen over a tab. Each brings its model, which ends with it. */
sealed interface Screen {
    val model: Model<*>

    data class Scan(
        override val model: ScanModel,
    ) : Screen

    data class Entry(
        override val model: EntryModel,
    ) : Screen

    data class Enroll(
        override val model: EnrollModel,
    ) : Screen

    data class Request(
        override val model: RequestModel,
    ) : Screen

    data class Offline(
        override val model: OfflineModel,
    ) : Screen

    data class Account(
        override val model: AccountModel,
    ) : Screen

    data class History(
        override val model: HistoryModel,
    ) : Screen

    data class Import(
        override val model: ImportModel,
    ) : Screen

    data class Export(
        override val model: ExportModel,
    ) : Screen

    data class Phrase(
        override val model: PhraseModel,
    ) : Screen
}

/** Where in the app the person is: a tab, and the screens over it, the topmost last. */
data class Place(
    val tab: Tab = Tab.CODES,
    val screens: List<Screen> = emptyList(),
)

/** An open vault: the models of its tabs, the screens over them, and what is told from outside. */
class OpenVault internal constructor(
    internal val core: CountersignCore,
    internal val phone: Phone,
    parent: CoroutineScope,
    internal val app: AppModel,
) : Model<Place>(parent, Place()) {
    val codes = CodesModel(this, scope)
    val inbox = InboxModel(this, scope)
    val accounts = AccountsModel(this, scope)
    val settings = SettingsModel(this, scope)

    /** Where the models of screens run. */
    internal val below get() = scope
    private var watching: Job? = null
    private var observation: Observation? = null
    private var toldToken: String? = null
    private var ticks = 0

    fun show(tab: Tab) {
        state.value.screens.forEach { it.model.close() }
        tell { Place(tab) }
    }

    fun back() {
        state.value.screens
            .lastOrNull()
            ?.model
            ?.close()
        tell { it.copy(screens = it.screens.dropLast(1)) }
    }

    /** Takes this model's screen away, wherever it stands: what it showed is gone. */
    internal fun leave(model: Model<*>) {
        if (state.value.screens.none { it.model === model }) return
        model.close()
        tell { place -> place.copy(screens = place.screens.filterNot { it.model === model }) }
    }

    /** Puts something else in the place of the topmost screen, which is done. */
    internal fun goOn(screen: Screen) {
        back()
        open(screen)
    }

    internal fun open(screen: Screen) = tell { it.copy(screens = it.screens + screen) }

    fun openScan() = open(Screen.Scan(ScanModel(this, scope)))

    /** What came from outside is looked at like something scanned: the person sees what it is, and decides. */
    fun openLink(link: String) = open(Screen.Scan(ScanModel(this, scope).apply { text(link) }))

    fun openEntry(id: String) = open(Screen.Entry(EntryModel(this, id, scope)))

    fun openRequest(id: String) {
        val top = state.value.screens.lastOrNull()
        if (top is Screen.Request && top.model.id == id) return
        open(Screen.Request(RequestModel(this, id, scope)))
    }

    fun openAccount(id: String) = open(Screen.Account(AccountModel(this, id, scope)))

    fun openHistory() = open(Screen.History(HistoryModel(this, scope)))

    fun openImport() = open(Screen.Import(ImportModel(this, scope)))

    fun openExport() = open(Screen.Export(ExportModel(this, scope)))

    fun openPhrase() = open(Screen.Phrase(PhraseModel(this, scope)))

    /** Where pushes reach this app has changed. */
    fun pushTokenChanged() {
        look {
            val token = phone.pushToken()
            if (token != null && token != toldToken) {
                toldToken = token
                core.setPushToken(token)
            }
        }
    }

    /** The phone may have a network again: what waits tries at once. */
    fun networkIsBack() {
        look { core.networkIsBack() }
    }

    internal fun watch() {
        if (watching != null) return
        watching = look { observation = core.observe(News()) }
        pushTokenChanged()
    }

    /** Closes the connections; what is shown stays. */
    internal fun rest() {
        watching?.cancel()
        watching = null
        observation?.close()
        observation = null
    }

    internal fun tick() {
        codes.refresh()
        state.value.screens.forEach { screen ->
            when (screen) {
                is Screen.Request -> screen.model.tick()
                is Screen.Offline -> screen.model.tick()
                is Screen.Enroll -> screen.model.tick()
                is Screen.Entry -> screen.model.refresh()
                else -> Unit
            }
        }
        if (ticks++ % TICKS_BETWEEN_BACKUPS == 0) look { core.backUpIfDue() }
    }

    override fun close() {
        rest()
        super.close()
    }

    private fun changed() {
        codes.refresh()
        accounts.refresh()
        settings.refresh()
        state.value.screens.forEach { screen ->
            when (screen) {
                is Screen.Entry -> screen.model.refresh()
                is Screen.Account -> screen.model.refresh()
                else -> Unit
            }
        }
    }

    /** What the core tells by itself, on threads of its own. */
    private inner class News : Observer {
        override fun onInboxChanged(inbox: Inbox) = this@OpenVault.inbox.changed(inbox)

        override fun onContentChanged() = changed()

        override fun onStopped(
            code: String,
            sentence: String,
        ) {
            if (core.isLocked()) app.shut() else inbox.tell(Trouble(TroubleKind.VAULT, code, sentence))
        }
    }

    private companion object {
        const val TICKS_BETWEEN_BACKUPS = 60
    }
}
