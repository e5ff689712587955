package org.countersign.app.model

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/**
 * What the model of every screen is: a state, and at most one piece of work under way. May be used from any thread; `parent`
 * says where the work runs, which should not be the main thread.
 */
abstract class Model<S : Any>(
    parent: CoroutineScope,
    initial: S,
) {
    protected val scope = CoroutineScope(parent.coroutineContext + SupervisorJob(parent.coroutineContext[Job]))
    private val states = MutableStateFlow(initial)
    private val doings = MutableStateFlow<Doing>(Doing.Nothing)
    private val guard = Any()
    private var piece: Job? = null
    private val looking = Mutex()

    /** What to show. */
    val state: StateFlow<S> = states.asStateFlow()

    /** Whether to show that it takes a while, or what went wrong. */
    val doing: StateFlow<Doing> = doings.asStateFlow()

    protected fun tell(change: (S) -> S) = states.update(change)

    internal fun tell(trouble: Trouble) {
        doings.value = Doing.Failed(trouble)
    }

    /** Does a piece of work, unless one is under way: a button that is pressed twice does one thing. */
    protected fun work(task: suspend () -> Unit) {
        var outcome: Doing = Doing.Nothing
        val job = scope.launch(start = CoroutineStart.LAZY) { outcome = attempt(task) }
        synchronized(guard) {
            if (piece != null) return job.cancel()
            piece = job
            doings.value = Doing.Working
        }
        job.invokeOnCompletion {
            // Together: who sees that nothing is under way can begin the next piece.
            synchronized(guard) {
                piece = null
                doings.value = outcome
            }
        }
        job.start()
    }

    /** Asks for what is shown again. Nobody waits for it: only an error is told. */
    protected fun look(task: suspend () -> Unit): Job =
        scope.launch {
            val outcome = attempt { inTurn(task) }
            if (outcome is Doing.Failed) doings.value = outcome
        }

    /** One look after the other: what was read earlier is never told later. */
    protected suspend fun inTurn(task: suspend () -> Unit) = looking.withLock { task() }

    private suspend fun attempt(task: suspend () -> Unit): Doing =
        try {
            task()
            Doing.Nothing
        } catch (stopped: CancellationException) {
            throw stopped
        } catch (error: Exception) {
            Trouble.of(error)?.let { Doing.Failed(it) } ?: Doing.Nothing
        }

    /** The person does not want to wait for what is under way. */
    fun cancel() {
        synchronized(guard) { piece }?.cancel()
    }

    /** The person has read what went wrong. */
    fun dismiss() {
        doings.update { if (it is Doing.Failed) Doing.Nothing else it }
    }

    /** The screen is left for good. */
    open fun close() = scope.cancel()
}
