package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.ScanPage

/** What a scanner has found. */
data class ScanState(
    val page: ScanPage,
    /** The entry that was added last. */
    val added: String? = null,
    /** It was here already, and nothing was changed. */
    val alreadyThere: Boolean = false,
)

/** The camera, a picture, a link or a text: what was found, and what the person wants done with it. */
class ScanModel private constructor(
    private val vault: OpenVault,
    private val scanner: org.countersign.core.Scanner,
    parent: CoroutineScope,
) : Model<ScanState>(parent, ScanState(scanner.page())) {
    internal constructor(vault: OpenVault, parent: CoroutineScope) : this(vault, vault.core.scanner(), parent)

    /** A frame of the camera's grey plane. Call it on the camera's own thread: it takes up to `budgetMs`. */
    fun frame(
        luma: ByteArray,
        width: Int,
        height: Int,
        rowStride: Int,
        budgetMs: Int = FRAME_BUDGET,
    ) {
        try {
            scanner.frame(luma, width.toUInt(), height.toUInt(), rowStride.toUInt(), budgetMs.toUInt())
            show()
        } catch (error: Exception) {
            Trouble.of(error)?.let { tell(it) }
        }
    }

    /** A PNG or JPEG file. */
    fun file(bytes: ByteArray) =
        work {
            scanner.file(bytes)
            show()
        }

    /** The clipboard's text, or a link. */
    fun text(text: String) {
        scanner.text(text)
        show()
    }

    fun add(item: ULong) =
        work {
            val added = scanner.add(item)
            tell { ScanState(scanner.page(), added.id, added.alreadyThere) }
            vault.codes.refresh()
        }

    /** The invitation under this number is looked at on a screen of its own. */
    fun enroll(item: ULong) =
        work {
            val offer = scanner.lookAt(item)
            scanner.settle(item)
            vault.goOn(Screen.Enroll(EnrollModel(vault, offer, vault.below)))
        }

    fun approveOffline(item: ULong) =
        work {
            val signIn = scanner.offlineSignIn(item)
            scanner.settle(item)
            vault.goOn(Screen.Offline(OfflineModel(vault, signIn, vault.below)))
        }

    fun import(export: ULong) =
        work {
            val plan = scanner.planExport(export)
            scanner.settleExport(export)
            vault.goOn(Screen.Import(ImportModel(vault, vault.below, plan)))
        }

    /** The person does not want it. */
    fun settle(item: ULong) {
        scanner.settle(item)
        show()
    }

    fun settleExport(export: ULong) {
        scanner.settleExport(export)
        show()
    }

    private fun show() = tell { it.copy(page = scanner.page()) }

    private companion object {
        const val FRAME_BUDGET = 60
    }
}
