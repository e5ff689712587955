package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** What a notification tells, and its button: without a screen, as long as the vault is open. */
class NoticeTest {
    @Test
    fun `a push about a request that waits is told, and denied without a screen`() =
        runBlocking {
            TestPhone().use { phone ->
                val id = asked(phone, "ann with a notification")
                assertEquals(id, assertIs<Pushed.Waits>(phone.app.pushed(id)).request.id)
                assertTrue(phone.app.deny(id))
                assertEquals("denied", Party.ask("/result", mapOf("id" to id))["status"])
                assertEquals(Pushed.Over, phone.app.pushed(id))
                // Tapped once more, it claims nothing that is not so.
                assertFalse(phone.app.deny("no such request"))
            }
        }

    @Test
    fun `without a network nothing is known and nothing is claimed`() =
        runBlocking {
            TestPhone().use { phone ->
                val id = asked(phone, "bob without a network")
                Party.network(up = false)
                try {
                    assertEquals(Pushed.Unknown, phone.app.pushed("a request that this phone has not seen"))
                    assertFalse(phone.app.deny(id))
                } finally {
                    Party.network(up = true)
                }
                assertTrue(phone.app.deny(id))
            }
        }

    @Test
    fun `a locked vault tells nothing and denies nothing`() =
        runBlocking {
            TestPhone().use { phone ->
                val id = asked(phone, "ann who has locked")
                phone.app.lock()
                assertNull(phone.app.inboxNow())
                assertEquals(Pushed.Unknown, phone.app.pushed(id))
                assertFalse(phone.app.deny(id))
            }
        }

    private suspend fun asked(
        phone: TestPhone,
        user: String,
    ): String {
        phone.create()
        phone.enrol(Party.link(user))
        return Party.ask("/ask", mapOf("user" to user))["id"] as String
    }
}
