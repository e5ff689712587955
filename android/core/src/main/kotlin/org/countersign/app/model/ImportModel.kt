package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.CoreException
import org.countersign.core.ImportItem
import org.countersign.core.ImportPlan

/** How far an import is. */
enum class ImportStep {
    /** A file is to be picked. */
    PICK,

    /** The file is sealed: its password is asked for. */
    PASSWORD,

    /** Opening it takes this phone very long: the person is asked whether to go on. */
    COSTLY,

    /** What it would bring is shown; nothing is stored yet. */
    PLAN,

    /** Stored. */
    DONE,
}

/** An import. */
data class ImportState(
    val step: ImportStep = ImportStep.PICK,
    /** The app that the file is of. */
    val app: String = "",
    /** What becomes of each entry. */
    val items: List<ImportItem> = emptyList(),
    /** Parts of the same export that are missing, from 1. */
    val missingParts: List<Int> = emptyList(),
)

/** Another app's file: read, opened with its password, shown, taken in. Reading can be cancelled. */
class ImportModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
    private var plan: ImportPlan? = null,
) : Model<ImportState>(parent, shown(plan)) {
    private var file: ByteArray? = null
    private var password: String? = null

    /** Looks into the file that the person has picked. */
    fun read(file: ByteArray) {
        forget()
        this.file = file
        read(evenIfCostly = false)
    }

    fun password(password: String) {
        this.password = password
        read(evenIfCostly = false)
    }

    /** The person wants to wait. */
    fun goOn() = read(evenIfCostly = true)

    /** Takes in what was shown, all of it or nothing. */
    fun confirm() =
        work {
            val items = vault.core.import(plan ?: return@work)
            forget()
            tell { it.copy(step = ImportStep.DONE, items = items) }
            vault.codes.refresh()
        }

    /** Another file. */
    fun startOver() {
        cancel()
        forget()
        tell { ImportState() }
    }

    override fun close() {
        forget()
        super.close()
    }

    private fun read(evenIfCostly: Boolean) =
        work {
            try {
                plan = vault.core.planImport(file ?: return@work, password, evenIfCostly, null)
                tell { shown(plan) }
            } catch (error: CoreException) {
                val asks =
                    when (Trouble.of(error)?.code) {
                        "import_needs_password", "import_wrong_password" -> ImportStep.PASSWORD
                        "import_costly" -> ImportStep.COSTLY
                        else -> throw error
                    }
                // To be asked is no error; to have typed something wrong is one.
                val wrong = asks == ImportStep.PASSWORD && password != null
                tell { it.copy(step = asks) }
                if (wrong) throw error
            }
        }

    private fun forget() {
        file?.fill(0)
        file = null
        password = null
        plan = null
    }

    private companion object {
        fun shown(plan: ImportPlan?): ImportState =
            if (plan == null) {
                ImportState()
            } else {
                ImportState(ImportStep.PLAN, plan.app(), plan.items(), plan.missingParts().map { it.toInt() })
            }
    }
}
