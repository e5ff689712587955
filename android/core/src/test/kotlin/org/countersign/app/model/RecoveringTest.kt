package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import java.io.File
import java.io.RandomAccessFile
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** A vault that does not open. */
class RecoveringTest {
    @Test
    fun `what is whole is saved, and the damaged file is kept`() =
        runBlocking {
            TestPhone().use { phone ->
                val recovery = damaged(phone)
                recovery.unlock("wrong")
                recovery.fails("wrong_password")
                recovery.unlock(TestPhone.PASSWORD)
                recovery.succeeds()
                assertTrue(
                    recovery.state.value.findings!!
                        .whole > 0u,
                )
                val vault = File(phone.phone.vaultPath)
                val before = vault.readBytes()
                recovery.save("another horse")
                phone.app.waitFor { it is AppState.Locked }
                assertTrue(File("$vault.aside-1/vault.db").readBytes().contentEquals(before))
                phone.app.unlock("another horse")
                phone.app.succeeds()
                assertTrue(phone.core.entries().isNotEmpty())
            }
        }

    @Test
    fun `who begins anew keeps the damaged file`() =
        runBlocking {
            TestPhone().use { phone ->
                damaged(phone).startAnew()
                phone.app.waitFor { it is AppState.NoVault }
                assertTrue(File("${phone.phone.vaultPath}.aside-1/vault.db").exists())
                phone.app.create(TestPhone.PASSWORD, byPhone = true)
                phone.app.succeeds()
                assertEquals(
                    2,
                    phone.core
                        .settingsPage()
                        .waysToUnlock.size,
                )
            }
        }

    private suspend fun damaged(phone: TestPhone): RecoveryModel {
        phone.create()
        repeat(ENTRIES) { phone.core.addUri("otpauth://totp/Shop:ann-$it?secret=JBSWY3DPEHPK3PXP&issuer=Shop$it") }
        phone.app.lock()
        phone.app.waitFor { it is AppState.Locked }
        // The number of the format, in the head of the file.
        RandomAccessFile(phone.phone.vaultPath, "rw").use {
            it.seek(USER_VERSION)
            it.writeInt(FROM_ELSEWHERE)
        }
        phone.app.start()
        return assertIs<AppState.CannotOpen>(phone.app.waitFor { it is AppState.CannotOpen }).recovery
    }

    private companion object {
        const val ENTRIES = 3
        const val USER_VERSION = 60L
        const val FROM_ELSEWHERE = 1
    }
}
