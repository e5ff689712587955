package org.countersign.app.model

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.withTimeout

/** A prompt that stays open until the app gives it up. */
class OpenPrompt {
    private val opened = CompletableDeferred<Unit>()
    private val ended = CompletableDeferred<Unit>()

    /** What the phone's owner does: nothing at all. */
    val prompt: suspend () -> Unit = {
        opened.complete(Unit)
        try {
            awaitCancellation()
        } finally {
            ended.complete(Unit)
        }
    }

    suspend fun isOpen() = withTimeout(PATIENCE) { opened.await() }

    suspend fun wasEnded() = withTimeout(PATIENCE) { ended.await() }
}
