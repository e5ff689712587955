package org.countersign.app.model

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.countersign.core.Inbox
import org.countersign.core.Observer
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull

/** What the phone throws although it should not: told in one sentence, without a trace, and the app goes on. */
class HostExceptionsTest {
    @Test
    fun `a key store that breaks is told in one sentence`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val user = "ann with a broken key store"
                phone.enrol(Party.link(user))
                val id = Party.ask("/ask", mapOf("user" to user, "verify" to true))["id"] as String
                val request = phone.request(id)
                phone.keys.prompt = { throw IllegalStateException("broken\n\tat /data/user/0/secret/file", RuntimeException("inner")) }
                request.approve()
                val trouble = assertIs<Doing.Failed>(request.settled()).trouble
                assertEquals(TroubleKind.KEYS, trouble.kind)
                assertContains(trouble.sentence, "broken")
                for (trace in listOf("\n", "\tat", ".kt", "secret", "inner")) assertFalse(trace in trouble.sentence, trouble.sentence)
                assertNull(request.state.value.ending)
                phone.keys.prompt = {}
                request.approve()
                request.succeeds()
                assertEquals(Ending.APPROVED, request.state.value.ending)
            }
        }

    @Test
    fun `a clipboard that breaks is told without its words`() =
        runBlocking {
            TestPhone(copy = { error("/data/user/0/secret") }).use { phone ->
                phone.create()
                val entry = phone.core.addUri("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example").id
                phone.vault.codes.copy(entry)
                assertEquals(Doing.Failed(Trouble.UNEXPECTED), phone.vault.codes.settled())
            }
        }

    @Test
    fun `an observer that breaks is told again`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val told = Channel<String>(Channel.UNLIMITED)
                val observer =
                    object : Observer {
                        override fun onInboxChanged(inbox: Inbox) = breaking("inbox")

                        override fun onContentChanged() = breaking("content")

                        override fun onStopped(
                            code: String,
                            sentence: String,
                        ) = breaking(code)

                        private fun breaking(word: String) {
                            told.trySend(word)
                            error("broken")
                        }
                    }
                phone.core.observe(observer).use {
                    suspend fun next() = withTimeout(PATIENCE) { told.receive() }
                    assertEquals("inbox", next())
                    phone.core.addUri("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example")
                    assertEquals("content", next())
                    phone.core.lock()
                    generateSequence { runBlocking { next() } }.first { it == "vault_locked" }
                }
            }
        }
}
