package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull

/** One person, two phones. */
class TwoPhonesTest {
    @Test
    fun `what one phone has answered, the other says was answered elsewhere`() =
        runBlocking {
            TestPhone().use { one ->
                TestPhone().use { other ->
                    val user = "bob with two phones"
                    for (phone in listOf(one, other)) {
                        phone.create()
                        phone.enrol(Party.link(user))
                    }
                    val id = Party.ask("/ask", mapOf("user" to user))["id"] as String
                    val (here, there) = one.request(id) to other.request(id)
                    here.deny()
                    here.succeeds()
                    assertEquals(Ending.DENIED, here.state.value.ending)
                    assertEquals(Ending.DENIED_ELSEWHERE, there.waitFor { it.ending != null }.ending)
                }
            }
        }

    @Test
    fun `another phone takes an account over`() =
        runBlocking {
            TestPhone().use { old ->
                TestPhone().use { new ->
                    val user = "ann with a new phone"
                    old.create()
                    new.create()
                    old.enrol(Party.link(user))
                    old.vault.openAccount(
                        old.core
                            .accounts()
                            .single()
                            .id,
                    )
                    val account = old.top<Screen.Account>().model
                    account.transfer()
                    account.succeeds()
                    val link = assertNotNull(account.state.value.successor).link
                    new.enrol(link, name = "New phone")
                    assertEquals(listOf<Any?>("New phone"), Party.devices(user).map { it["name"] })
                }
            }
        }
}
