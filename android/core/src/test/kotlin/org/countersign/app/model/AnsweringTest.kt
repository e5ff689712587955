package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** The other ways to answer: a code that is shown, a number that is picked, a rule for next time. */
class AnsweringTest {
    @Test
    fun `a code is shown until it was typed into the login page`() =
        runBlocking {
            TestPhone().use { phone ->
                val request = asked(phone, "ann who shows a code", "number_kind=show", "number" to true)
                assertNotNull(
                    request.state.value.request
                        ?.shows,
                )
                request.approve()
                val code = assertNotNull(request.waitFor { it.code != null }.code)
                assertFalse(request.state.value.canApprove)
                assertEquals("approved", Party.ask("/verify", mapOf("id" to request.id, "code" to code))["status"])
                assertEquals(Ending.APPROVED, request.waitFor { it.ending != null }.ending)
                request.succeeds()
                assertEquals(null, request.state.value.code)
            }
        }

    @Test
    fun `one of three numbers is picked`() =
        runBlocking {
            TestPhone().use { phone ->
                val request = asked(phone, "bob who picks", "number_kind=pick", "number" to true)
                val options =
                    assertNotNull(
                        request.state.value.request
                            ?.options,
                    )
                assertFalse(request.state.value.canApprove)
                request.number(options.first { it != number })
                assertTrue(request.state.value.canApprove)
                // As an Arabic keyboard types it.
                request.number(number.map { "٠١٢٣٤٥٦٧٨٩"[it.digitToInt()] }.joinToString(""))
                request.approve()
                request.succeeds()
                assertEquals(Ending.APPROVED, request.state.value.ending)
            }
        }

    @Test
    fun `a rule approves the next sign-in, until it is ended`() =
        runBlocking {
            TestPhone().use { phone ->
                val request = asked(phone, "ann with a rule", "auto_accept=on", "ip" to "192.0.2.7")
                request.askForRule()
                request.succeeds()
                assertEquals(RuleOffer("Payroll", "192.0.2.7/32"), request.state.value.rule)
                request.remember(days = 3)
                request.approve()
                request.succeeds()
                assertEquals("approved", Party.ask("/ask", question)["status"])

                val id =
                    phone.core
                        .accounts()
                        .single()
                        .id
                phone.vault.openAccount(id)
                val account = phone.top<Screen.Account>().model
                account.loadRules()
                account.succeeds()
                val rule = assertNotNull(account.state.value.rules).single()
                account.loadHistory()
                account.succeeds()
                assertTrue(assertNotNull(account.state.value.history).any { it.byRule })
                account.endRule(rule.id)
                account.succeeds()
                assertEquals("pending", Party.ask("/ask", question)["status"])
            }
        }

    private var question: Map<String, Any?> = emptyMap()
    private var number = ""

    /** A phone that is asked by an application of its own, with this policy. */
    private suspend fun asked(
        phone: TestPhone,
        user: String,
        policy: String,
        how: Pair<String, Any>,
    ): RequestModel {
        phone.create()
        phone.enrol(Party.link(user))
        val application = Party.ask("/application", mapOf("policy" to listOf(policy)))["application"]
        question = mapOf("user" to user, "application" to application, how)
        val sent = Party.ask("/ask", question)
        number = sent["number"] as? String ?: ""
        return phone.request(sent["id"] as String)
    }
}
