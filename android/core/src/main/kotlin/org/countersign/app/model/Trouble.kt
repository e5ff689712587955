package org.countersign.app.model

import org.countersign.core.CoreException

/** What sort of screen an error needs. */
enum class TroubleKind { UNLOCK, VAULT, INPUT, NETWORK, SERVER, REFUSED, KEYS, UNEXPECTED }

/**
 * What went wrong, as a person is told. `code` is stable: a catalogue may have better words for it than the English `sentence`.
 */
data class Trouble(
    val kind: TroubleKind,
    val code: String,
    val sentence: String,
) {
    companion object {
        /** None when the person closed a prompt: then nothing has to be said. */
        fun of(error: Exception): Trouble? =
            when (error) {
                is CoreException.Cancelled -> null

                is CoreException.Unlock -> Trouble(TroubleKind.UNLOCK, error.code, error.sentence)

                is CoreException.Vault -> Trouble(TroubleKind.VAULT, error.code, error.sentence)

                is CoreException.Input -> Trouble(TroubleKind.INPUT, error.code, error.sentence)

                is CoreException.Network -> Trouble(TroubleKind.NETWORK, error.code, error.sentence)

                is CoreException.Server -> Trouble(TroubleKind.SERVER, error.code, error.sentence)

                is CoreException.Refused -> Trouble(TroubleKind.REFUSED, error.code, error.sentence)

                is CoreException.Keys -> Trouble(TroubleKind.KEYS, error.code, error.sentence)

                // Its text may hold paths and data, so nothing of it is shown.
                else -> UNEXPECTED
            }

        val UNEXPECTED =
            Trouble(
                TroubleKind.UNEXPECTED,
                "unexpected",
                "Something in the app went wrong. Try again; if it does again, close the app and open it anew.",
            )
    }
}

/** Whether a model is at work, and how its last piece of work ended. */
sealed interface Doing {
    data object Nothing : Doing

    data object Working : Doing

    data class Failed(
        val trouble: Trouble,
    ) : Doing
}
