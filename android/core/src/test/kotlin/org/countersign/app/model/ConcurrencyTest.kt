package org.countersign.app.model

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.Test
import kotlin.test.assertEquals

/** Many things at once, over the real core. */
class ConcurrencyTest {
    @Test
    fun `50 calls at once give 50 codes, none of them twice`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val core = phone.core
                val entry = core.addUri("otpauth://hotp/Counted:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&counter=0").id
                val codes = (1..MANY).map { async(Dispatchers.Default) { core.nextCode(entry).code } }.awaitAll()
                assertEquals(MANY, codes.toSet().size)
                assertEquals(MANY.toULong(), core.entry(entry).counter)
            }
        }

    @Test
    fun `50 different calls at once all end`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.enrol(Party.link("ann with many calls"))
                val core = phone.core
                val calls: List<suspend (Int) -> Unit> =
                    listOf(
                        { at -> core.addUri("otpauth://totp/Shop:ann-$at?secret=JBSWY3DPEHPK3PXP&issuer=Shop$at") },
                        { core.inbox(0u) },
                        { core.codes("", null) },
                        { core.history(core.accounts().single().id) },
                        { core.settingsPage() },
                    )
                (0 until MANY).map { at -> async(Dispatchers.Default) { calls[at % calls.size](at) } }.awaitAll()
                assertEquals(MANY / calls.size, core.entries().size)
            }
        }

    @Test
    fun `a button pressed 50 times at once does one thing`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val user = "bob who taps a lot"
                phone.enrol(Party.link(user))
                val id = Party.ask("/ask", mapOf("user" to user, "verify" to true))["id"] as String
                val request = phone.request(id)
                val prompts = AtomicInteger()
                phone.keys.prompt = { prompts.incrementAndGet() }
                (1..MANY).map { async(Dispatchers.Default) { request.approve() } }.awaitAll()
                request.succeeds()
                assertEquals(Ending.APPROVED, request.state.value.ending)
                assertEquals(1, prompts.get(), "times that the person was asked")
            }
        }

    private companion object {
        const val MANY = 50
    }
}
