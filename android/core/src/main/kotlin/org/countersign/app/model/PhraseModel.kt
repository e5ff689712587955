package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.RecoveryPhrase

/** How far a recovery phrase is. */
enum class PhraseStep { WRITE_DOWN, TYPE_BACK, DONE }

/** A new recovery phrase. */
class PhraseState(
    val step: PhraseStep = PhraseStep.WRITE_DOWN,
    /** The twelve words, while they are to be written down; shown once and kept nowhere. */
    val words: List<String> = emptyList(),
    /** Which words have to be typed back: positions from 1. */
    val asked: List<Int> = emptyList(),
)

/** Draws a recovery phrase, and lets it unlock the vault once the person has shown to have written it down. */
class PhraseModel internal constructor(
    private val vault: OpenVault,
    parent: CoroutineScope,
) : Model<PhraseState>(parent, PhraseState()) {
    private var phrase: RecoveryPhrase? = null

    init {
        draw()
    }

    /** Another one: the one before never counted. */
    fun draw() =
        work {
            val drawn = RecoveryPhrase.draw()
            phrase = drawn
            tell { PhraseState(PhraseStep.WRITE_DOWN, drawn.words(), drawn.asked().map { it.toInt() }) }
        }

    fun writtenDown() = tell { PhraseState(PhraseStep.TYPE_BACK, asked = it.asked) }

    /** The asked words, in the order in which they were asked for. */
    fun typeBack(words: List<String>) =
        work {
            vault.core.setPhrase(phrase ?: return@work, words)
            phrase = null
            tell { PhraseState(PhraseStep.DONE) }
            vault.settings.refresh()
        }
}
