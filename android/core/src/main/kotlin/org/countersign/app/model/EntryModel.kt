package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.Code
import org.countersign.core.CoreException
import org.countersign.core.Entry
import org.countersign.core.EntryChange
import org.countersign.core.EntryPicture

/** One entry. */
class EntryState(
    /** None until it was read. */
    val entry: Entry? = null,
    val code: Code? = null,
    val picture: EntryPicture? = null,
)

/** One entry: looked at, changed, removed. Its screen leaves by itself once there is no such entry any more. */
class EntryModel internal constructor(
    private val vault: OpenVault,
    val id: String,
    parent: CoroutineScope,
) : Model<EntryState>(parent, EntryState()) {
    private val core = vault.core

    init {
        refresh()
    }

    /** What is none in `change` stays as it is. */
    fun edit(change: EntryChange) =
        work {
            core.editEntry(id, change)
            refresh()
        }

    fun setPin(pin: String) =
        work {
            core.setPin(id, pin)
            refresh()
        }

    /** The next code of an entry that a counter moves. */
    fun next() =
        work {
            val code = core.nextCode(id)
            tell { EntryState(core.entry(id), code, it.picture) }
        }

    /** After the person has confirmed it: there is no way back. */
    fun remove() =
        work {
            core.removeEntry(id)
            vault.codes.refresh()
            vault.leave(this)
        }

    fun refresh() {
        look {
            try {
                val entry = core.entry(id)
                val code = core.code(id)
                val picture = state.value.picture ?: core.entryPicture(id)
                // The code of a counter stays until another one is asked for.
                tell { EntryState(entry, if (code.code == null) it.code ?: code else code, picture) }
            } catch (gone: CoreException.Input) {
                // Removed, here or by another program that has this vault open.
                if (gone.code != UNKNOWN) throw gone
                vault.leave(this)
            }
        }
    }

    private companion object {
        const val UNKNOWN = "unknown_entry"
    }
}
