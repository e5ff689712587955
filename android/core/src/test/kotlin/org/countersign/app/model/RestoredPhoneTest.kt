package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import org.countersign.core.WayToUnlock
import kotlin.test.Test
import kotlin.test.assertContains
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull

/** A phone that was restored from a copy has the vault and none of its keys. */
class RestoredPhoneTest {
    @Test
    fun `the password opens the vault, codes are there, and an approval says what to do`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.core.addUri("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example")
                val user = "ann with a restored phone"
                phone.enrol(Party.link(user))
                phone.vault.settings.unlockByPhone()
                phone.vault.settings.succeeds()
                phone.app.lock()
                phone.app.waitFor { it is AppState.Locked }
                phone.keys.lose()

                phone.app.unlockByPhone()
                val lost = assertIs<Doing.Failed>(phone.app.settled()).trouble
                assertEquals(TroubleKind.UNLOCK, lost.kind)
                assertContains(lost.sentence, "password")
                phone.app.unlock(TestPhone.PASSWORD)
                phone.app.succeeds()
                assertNotNull(
                    phone.core
                        .codes("", null)
                        .rows
                        .single()
                        .code,
                )

                // The server cannot be asked either without a key: that is said, with what to do about it.
                val trouble =
                    phone.vault.inbox
                        .waitFor { !it.inbox?.troubles.isNullOrEmpty() }
                        .inbox!!
                        .troubles
                        .single()
                assertContains(trouble.sentence, "enrol the account on this device again")
                val id = Party.ask("/ask", mapOf("user" to user))["id"] as String
                phone.vault.openRequest(id)
                val request = phone.top<Screen.Request>().model
                request.doing.waitForFailure()
                assertNull(request.state.value.ending)
                phone.vault.back()

                // A new invitation makes it whole.
                phone.enrol(Party.link(user))
            }
            Unit
        }

    @Test
    fun `where nothing else opens the vault, the loss of the key leads to recovery`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val settings = phone.vault.settings
                settings.unlockByPhone()
                settings.succeeds()
                settings.removeWay(WayToUnlock.PASSWORD)
                settings.succeeds()
                phone.app.lock()
                phone.app.waitFor { it is AppState.Locked }
                phone.keys.lose()

                phone.app.unlockByPhone()
                val recovery = assertIs<AppState.CannotOpen>(phone.app.waitFor { it is AppState.CannotOpen }).recovery
                assertEquals("vault_key_lost", recovery.state.value.reason.code)
            }
            Unit
        }
}
