package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import java.util.Base64
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull

/** A sign-in that was scanned: its digits, and what is left of them. */
class OfflineTest {
    @Test
    fun `digits are shown for as long as they are good, and no longer`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.enrol(Party.link("ann without a network"))
                phone.vault.back()
                val asked = Party.ask("/sign-in", mapOf("user" to "ann without a network", "seconds" to 120))
                phone.vault.openScan()
                val scan = phone.top<Screen.Scan>().model
                scan.file(Base64.getDecoder().decode(asked["picture"] as String))
                scan.succeeds()
                scan.approveOffline(
                    scan.state.value.page.items
                        .single()
                        .id,
                )
                scan.succeeds()
                val model = phone.top<Screen.Offline>().model
                assertEquals("ann without a network", model.state.value.request.user)
                assertNull(model.state.value.digits)

                // From here on time passes when the test says so.
                phone.stopClock()
                model.approve()
                model.succeeds()
                val shown = assertNotNull(model.state.value.digits)
                assertEquals(8, shown.code.length)
                assertEquals(shown.code, shown.grouped.filterNot { it == ' ' })
                phone.pass(model.state.value.secondsLeft - 1)
                phone.app.tick()
                assertEquals(1, model.state.value.secondsLeft)
                assertEquals(shown, model.state.value.digits)
                phone.pass(seconds = 1)
                phone.app.tick()
                assertEquals(0, model.state.value.secondsLeft)
                assertNull(model.state.value.digits)
            }
        }
}
