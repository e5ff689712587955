package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** What the phone says of its keys arrives at the server, which judges it. */
class AttestingTest {
    @Test
    fun `what the key store says of its keys is sent with them`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.keys.certificates = listOf(byteArrayOf(1), byteArrayOf(2))
                phone.enrol(Party.link("ann with a phone that attests"))
                assertEquals("android-key", Party.devices("ann with a phone that attests").single()["attestation"])
                val (possession, verification) = phone.keys.challenges
                assertEquals(32, possession.size)
                assertContentEquals(possession, verification)
            }
        }

    @Test
    fun `a phone that says nothing is enrolled all the same`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.enrol(Party.link("ann with a phone that is mute"))
                assertNull(Party.devices("ann with a phone that is mute").single()["attestation"])
            }
        }
}
