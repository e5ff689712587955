package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.CoreException
import org.countersign.core.EarlierState
import org.countersign.core.RecoveredVault
import org.countersign.core.RecoveryFindings
import org.countersign.core.earlierStates
import java.io.File
import java.nio.file.Files

/** A vault that does not open. */
data class RecoveryState(
    /** Why, and what that means. */
    val reason: Trouble,
    /** Earlier states, newest first: each may be whole. */
    val earlier: List<EarlierState> = emptyList(),
    /** What was found; none until the person has unlocked what is left. */
    val findings: RecoveryFindings? = null,
)

/** What is left of a vault that does not open: read, and saved as a new one. The damaged files are put aside, never deleted. */
class RecoveryModel internal constructor(
    private val app: AppModel,
    private val phone: Phone,
    parent: CoroutineScope,
    reason: CoreException,
) : Model<RecoveryState>(parent, RecoveryState(Trouble.of(reason) ?: Trouble.UNEXPECTED)) {
    private var recovered: RecoveredVault? = null

    init {
        look {
            val earlier = earlierStates(phone.vaultPath)
            tell { it.copy(earlier = earlier) }
        }
    }

    /** Reads the vault, or an earlier state of it, with its password. */
    fun unlock(
        password: String,
        from: EarlierState? = null,
    ) = read { RecoveredVault.recoverWithPassword(path(from), password) }

    fun unlockByPhrase(
        phrase: String,
        from: EarlierState? = null,
    ) = read { RecoveredVault.recoverWithPhrase(path(from), phrase) }

    fun unlockByPhone(from: EarlierState? = null) = read { RecoveredVault.recoverWithKeyStore(path(from), phone.keys) }

    /** Saves what was found in the place of the vault, to be opened with this password. */
    fun save(password: String) =
        work {
            val found = recovered ?: return@work
            // One from an attempt that was broken off holds nothing that is not still to be found here.
            val saved = File("${phone.vaultPath}.recovered")
            Files.deleteIfExists(saved.toPath())
            found.saveAs(saved.path, password)
            putAside()
            Files.move(saved.toPath(), File(phone.vaultPath).toPath())
            app.ask()
        }

    /** Begins with a new vault. */
    fun startAnew() =
        work {
            putAside()
            app.ask()
        }

    /** The same file once more, as after an update or a restored backup. */
    fun tryAgain() = work { app.ask() }

    private fun read(open: suspend () -> RecoveredVault) =
        work {
            val found = open()
            recovered = found
            val findings = found.findings()
            tell { it.copy(findings = findings) }
        }

    private fun path(from: EarlierState?): String = from?.path ?: phone.vaultPath

    private fun putAside() {
        val vault = File(phone.vaultPath)
        val folder = generateSequence(1) { it + 1 }.map { File("${vault.path}.aside-$it") }.first { !it.exists() }
        Files.createDirectory(folder.toPath())
        val parts =
            vault.absoluteFile.parentFile
                ?.listFiles()
                .orEmpty()
        // The vault itself goes last: until then this screen comes again.
        parts
            .filter { it.name == vault.name || it.name.startsWith("${vault.name}.gen-") }
            .sortedByDescending { it.name }
            .forEach { Files.move(it.toPath(), folder.toPath().resolve(it.name)) }
    }
}
