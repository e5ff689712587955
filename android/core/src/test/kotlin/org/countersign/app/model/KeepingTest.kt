package org.countersign.app.model

import kotlinx.coroutines.runBlocking
import org.countersign.core.EntryChange
import org.countersign.core.ExportForm
import org.countersign.core.ImportFate
import org.countersign.core.WayToUnlock
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** What the person keeps: choices, entries, what goes out and comes back in. */
class KeepingTest {
    @Test
    fun `a choice out of its range is told, and nothing is kept`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val settings = phone.vault.settings
                val before = settings.waitFor { it.page != null }.page!!.settings
                settings.keep(before.copy(hideCodes = true, clipboardSeconds = 1u))
                settings.fails("setting_out_of_range")
                assertEquals(before, phone.core.settingsPage().settings)
                settings.keep(before.copy(hideCodes = true))
                settings.succeeds()
                assertTrue(
                    settings.state.value.page!!
                        .settings.hideCodes,
                )
            }
        }

    @Test
    fun `hidden codes are shown when they are asked for`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val settings = phone.vault.settings
                settings.keep(
                    phone.core
                        .settingsPage()
                        .settings
                        .copy(hideCodes = true),
                )
                settings.succeeds()
                val entry = add(phone)
                val codes = phone.vault.codes
                codes.refresh()
                assertTrue(
                    codes
                        .waitFor { it.page?.rows?.size == 1 }
                        .page!!
                        .rows
                        .single()
                        .hidden,
                )
                codes.reveal(entry)
                assertNotNull(
                    codes
                        .waitFor { entry in it.revealed }
                        .revealed
                        .getValue(entry)
                        .code,
                )
                codes.hide(entry)
                assertFalse(entry in codes.state.value.revealed)
            }
        }

    @Test
    fun `only the right password answers the reminder`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val settings = phone.vault.settings
                settings.typePassword("wrong")
                settings.fails("wrong_password")
                settings.typePassword(TestPhone.PASSWORD)
                settings.succeeds()
                // The check has locked its own handle of the vault, and not this one.
                assertFalse(phone.core.isLocked())
            }
        }

    @Test
    fun `the last way to unlock stays`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val settings = phone.vault.settings
                settings.removeWay(WayToUnlock.PASSWORD)
                settings.fails("vault_last_slot")
                settings.unlockByPhone()
                settings.succeeds()
                settings.removeWay(WayToUnlock.PASSWORD)
                settings.succeeds()
                assertEquals(
                    listOf(WayToUnlock.KEY_STORE),
                    settings.state.value.page!!
                        .waysToUnlock,
                )
            }
        }

    @Test
    fun `an entry is changed and removed`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                phone.vault.openEntry(add(phone))
                val entry = phone.top<Screen.Entry>().model
                entry.edit(EntryChange(issuer = "Shop", account = null, tags = listOf("work"), pinned = true, note = null))
                entry.succeeds()
                assertEquals("Shop", entry.waitFor { it.entry?.pinned == true }.entry!!.issuer)
                entry.remove()
                phone.vault.waitFor { it.screens.isEmpty() }
                assertEquals(0, phone.core.entries().size)
            }
        }

    @Test
    fun `an entry that was removed elsewhere is left, also below another screen`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                val id = add(phone)
                phone.vault.openEntry(id)
                val entry = phone.top<Screen.Entry>().model
                entry.waitFor { it.entry != null }
                phone.vault.openScan()
                phone.core.removeEntry(id)
                phone.app.tick()
                assertIs<Screen.Scan>(
                    phone.vault
                        .waitFor { it.screens.size == 1 }
                        .screens
                        .single(),
                )
                assertEquals(Doing.Nothing, entry.doing.value)
            }
        }

    @Test
    fun `a backup leaves nothing behind in memory, and comes back in on another phone`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                add(phone)
                phone.vault.openExport()
                val export = phone.top<Screen.Export>().model
                export.make(ExportForm.BACKUP, "another horse")
                export.succeeds()
                val file =
                    export.state.value.files
                        .single()
                val backup = file.content.copyOf()
                export.written()
                assertTrue(export.state.value.done && file.content.all { it == 0.toByte() })
                TestPhone().use { new ->
                    new.create()
                    new.vault.openImport()
                    val import = new.top<Screen.Import>().model
                    import.read(backup)
                    import.succeeds()
                    assertEquals(ImportStep.PASSWORD, import.state.value.step)
                    import.password("another horse")
                    import.succeeds()
                    assertEquals(
                        listOf(ImportFate.ADDED),
                        import.state.value.items
                            .map { it.fate },
                    )
                    import.confirm()
                    import.succeeds()
                    assertEquals(
                        "Example",
                        new.core
                            .entries()
                            .single()
                            .issuer,
                    )
                }
            }
        }

    @Test
    fun `backups are made by themselves in the folder that was chosen`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                add(phone)
                val folder = File(phone.phone.vaultPath).resolveSibling("backups").apply { mkdir() }
                val settings = phone.vault.settings
                settings.switchOnBackups(folder.path, "another horse", keep = 3)
                settings.succeeds()
                assertEquals(1, folder.list()!!.size)
                assertEquals(
                    folder.path,
                    settings.state.value.page!!
                        .backupFolder,
                )
                settings.switchOffBackups()
                settings.succeeds()
                assertEquals(
                    null,
                    settings.state.value.page!!
                        .backupFolder,
                )
            }
        }

    @Test
    fun `an earlier state is gone back to`() =
        runBlocking {
            TestPhone().use { phone ->
                phone.create()
                // Five entries or more at once put the state before aside.
                val links = (1..MANY).joinToString("\n") { "otpauth://totp/Shop:ann-$it?secret=JBSWY3DPEHPK3PXP&issuer=Shop$it" }
                phone.core.import(phone.core.planImport(links.toByteArray(), null, false, null))
                assertEquals(MANY, phone.core.entries().size)
                val settings = phone.vault.settings
                settings.loadEarlier()
                settings.succeeds()
                settings.restore(assertNotNull(settings.state.value.earlier).first())
                settings.succeeds()
                assertEquals(0, phone.core.entries().size)
            }
        }

    private suspend fun add(phone: TestPhone): String =
        phone.core.addUri("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example").id

    private companion object {
        const val MANY = 6
    }
}
