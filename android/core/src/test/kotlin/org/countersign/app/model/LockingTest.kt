package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import org.countersign.core.CoreException
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs

/** What a lock ends, and what waits for the vault to be opened. */
class LockingTest {
    @Test
    fun `a lock ends what is under way, and nothing can be read any more`() =
        runBlocking {
            TestPhone().use { phone ->
                val request = phone.askedToVerify("ann whose phone locks")
                val open = OpenPrompt()
                phone.keys.prompt = open.prompt
                request.approve()
                open.isOpen()
                val core = phone.core
                phone.app.inBackground()
                phone.app.waitFor { it is AppState.Locked }
                open.wasEnded()
                val error = assertFailsWith<CoreException.Unlock> { core.codes("", null) }
                assertEquals("vault_locked", error.code)
            }
        }

    @Test
    fun `a widget that asks for the scanner of a locked vault gets it once it is open, and once only`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                for (expected in listOf(1, 0)) {
                    phone.app.lock()
                    phone.app.waitFor { it is AppState.Locked }
                    if (expected == 1) phone.app.openScan()
                    phone.app.unlock(TestPhone.PASSWORD)
                    phone.app.succeeds()
                    val scanners =
                        phone.vault.state.value.screens
                            .filterIsInstance<Screen.Scan>()
                    assertEquals(expected, scanners.size)
                }
            }
        }

    @Test
    fun `a link and a notification wait until the vault is open`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.app.lock()
                phone.app.waitFor { it is AppState.Locked }
                phone.app.openLink("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example")
                phone.app.unlock(TestPhone.PASSWORD)
                phone.app.succeeds()
                val scan = phone.top<Screen.Scan>().model
                assertEquals(
                    "Example",
                    scan.state.value.page.items
                        .single()
                        .issuer,
                )
                // Nothing was done with it: that is the person's to say.
                assertEquals(0, phone.core.entries().size)
                phone.app.lock()
                phone.app.waitFor { it is AppState.Locked }
                phone.app.openRequest("019d3a00-0000-7000-8000-000000000000")
                phone.app.unlock(TestPhone.PASSWORD)
                phone.app.succeeds()
                // Nobody asked that: it is said so, and not looked for for ever.
                assertEquals(
                    Ending.GONE,
                    phone
                        .top<Screen.Request>()
                        .model
                        .waitFor { it.ending != null }
                        .ending,
                )
            }
        }

    @Test
    fun `a vault that was opened while the app is left is locked again`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.app.lock()
                phone.app.waitFor { it is AppState.Locked }
                phone.app.inBackground()
                phone.app.unlock(TestPhone.PASSWORD)
                phone.app.settled()
                assertIs<AppState.Locked>(phone.app.waitFor { it is AppState.Locked })
            }
            Unit
        }
}
