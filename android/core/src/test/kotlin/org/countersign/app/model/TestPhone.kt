package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeout
import org.countersign.core.CountersignCore
import java.io.File
import java.nio.file.Files
import kotlin.test.assertEquals
import kotlin.test.assertIs

/** A phone with a folder, keys and a clipboard of its own, and the app in front. Ends with `close`. */
class TestPhone(
    private val copy: ((String) -> Unit)? = null,
) : AutoCloseable {
    private val folder: File = Files.createTempDirectory("countersign").toFile()
    private val scope = CoroutineScope(Dispatchers.Default + SupervisorJob())
    val keys = TestKeys()

    /** What was copied last, and the seconds after which it is wiped. */
    @Volatile var copied: Pair<String, Int>? = null

    @Volatile private var stoppedAt: Long? = null
    val phone =
        Phone(
            vaultPath = "$folder/vault.db",
            keys = keys,
            clipboard =
                object : Clipboard {
                    override fun copy(
                        code: String,
                        wipeAfterSeconds: Int,
                    ) {
                        copy?.invoke(code)
                        copied = code to wipeAfterSeconds
                    }
                },
            uptime = { stoppedAt ?: (System.nanoTime() / 1_000_000) },
            deviceName = "Test phone",
        )
    val app = AppModel(phone, scope)

    val vault: OpenVault get() = assertIs<AppState.Open>(app.state.value).vault
    val core: CountersignCore get() = vault.core

    suspend fun start() {
        app.start()
        app.settled()
        app.inFront()
    }

    suspend fun create(password: String = PASSWORD) {
        start()
        app.create(password, byPhone = false)
        app.succeeds()
    }

    /** Takes up an invitation, and returns what was enrolled. */
    suspend fun enrol(
        link: String,
        name: String? = null,
    ): EnrollState {
        vault.openLink(link)
        val scan = top<Screen.Scan>().model
        val item =
            scan.state.value.page.items
                .single()
        scan.enroll(item.id)
        scan.succeeds()
        val enroll = top<Screen.Enroll>().model
        name?.let { enroll.name(it) }
        enroll.enroll()
        enroll.succeeds()
        return enroll.state.value
    }

    /** The phone's uptime stands still, and goes on by `pass` alone. */
    fun stopClock() {
        stoppedAt = phone.uptime()
    }

    fun pass(seconds: Long) {
        stoppedAt = phone.uptime() + seconds * 1000
    }

    /** A new phone of this person, who is asked for their verification. */
    suspend fun askedToVerify(user: String): RequestModel {
        create()
        enrol(Party.link(user))
        return request(Party.ask("/ask", mapOf("user" to user, "verify" to true))["id"] as String)
    }

    suspend fun request(id: String): RequestModel {
        vault.inbox.waitFor { state ->
            state.inbox
                ?.pending
                .orEmpty()
                .any { it.id == id }
        }
        vault.openRequest(id)
        return top<Screen.Request>().model.also { model -> model.waitFor { it.request != null } }
    }

    inline fun <reified S : Screen> top(): S =
        assertIs<S>(
            vault.state.value.screens
                .lastOrNull(),
        )

    override fun close() {
        app.lock()
        scope.cancel()
        folder.deleteRecursively()
    }

    companion object {
        const val PASSWORD = "correct horse battery"
    }
}

/** Waits for a state. */
suspend fun <S : Any> Model<S>.waitFor(wanted: (S) -> Boolean): S = withTimeout(PATIENCE) { state.first(wanted) }

/** Waits until nothing is under way. */
suspend fun Model<*>.settled(): Doing = withTimeout(PATIENCE) { doing.first { it != Doing.Working } }

suspend fun Model<*>.succeeds() = assertEquals(Doing.Nothing, settled())

suspend fun Model<*>.fails(code: String) {
    val trouble = assertIs<Doing.Failed>(settled()).trouble
    assertEquals(code, if (trouble.kind.name.lowercase() == code) code else trouble.code, trouble.toString())
    dismiss()
}

suspend fun StateFlow<Doing>.waitForFailure() = withTimeout(PATIENCE) { first { it is Doing.Failed } }

/** Milliseconds for anything at all; reached only when something hangs. */
const val PATIENCE = 60_000L
