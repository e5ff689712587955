package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.Code
import org.countersign.core.CodesOrder
import org.countersign.core.CodesPage

/** The list of codes. */
class CodesState(
    /** None until it was read. */
    val page: CodesPage? = null,
    /** Codes that the person asked to see: hidden ones, and those that a counter moves. By entry. */
    val revealed: Map<String, Code> = emptyMap(),
    /** The entry whose code is in the clipboard. */
    val copied: String? = null,
) {
    fun with(
        page: CodesPage? = this.page,
        revealed: Map<String, Code> = this.revealed,
        copied: String? = this.copied,
    ) = CodesState(page, revealed, copied)
}

/** The list of codes: found, ordered, shown, copied. */
class CodesModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<CodesState>(parent, CodesState()) {
    private val core = vault.core

    @Volatile private var words = ""

    @Volatile private var tag: String? = null

    init {
        refresh()
    }

    fun search(words: String) {
        this.words = words
        refresh()
    }

    /** Only entries with this tag, or all of them. */
    fun filter(tag: String?) {
        this.tag = tag
        refresh()
    }

    fun order(order: CodesOrder) =
        work {
            core.setSettings(core.settingsPage().settings.copy(order = order))
            refresh()
        }

    fun reveal(entry: String) {
        look { show(core.code(entry)) }
    }

    fun hide(entry: String) = tell { it.with(revealed = it.revealed - entry) }

    /** The next code of an entry that a counter moves. */
    fun next(entry: String) = work { show(core.nextCode(entry)) }

    /** Copies the code that is shown; of a hidden one, the one that would be. */
    fun copy(entry: String) =
        work {
            val code = state.value.revealed[entry] ?: core.code(entry)
            val text = code.code ?: core.nextCode(entry).also { show(it) }.code
            if (text != null) {
                val seconds =
                    core
                        .settingsPage()
                        .settings.clipboardSeconds
                        .toInt()
                vault.phone.clipboard.copy(text, seconds)
                tell { it.with(copied = entry) }
                core.used(entry)
            }
        }

    fun setPin(
        entry: String,
        pin: String,
    ) = work {
        core.setPin(entry, pin)
        refresh()
    }

    /** Places an entry before another in the person's own order, or at its end. */
    fun move(
        entry: String,
        before: String?,
    ) = work {
        core.moveEntry(entry, before)
        refresh()
    }

    fun refresh() {
        look {
            val page = core.codes(words, tag)
            // A revealed code is shown until it changes.
            val shown = page.rows.associateBy { it.id }
            tell { state ->
                val left =
                    state.revealed.filterKeys { shown.containsKey(it) }.filterValues { code ->
                        code.secondsLeft == null || core.code(code.id).code == code.code
                    }
                state.with(page = page, revealed = left)
            }
        }
    }

    private fun show(code: Code) = tell { it.with(revealed = it.revealed + (code.id to code)) }
}
