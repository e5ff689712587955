package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import org.countersign.core.AnswerOutcome
import org.countersign.core.ChallengeOutcome
import org.countersign.core.CoreException
import org.countersign.core.Inbox
import org.countersign.core.PendingRequest
import org.countersign.core.StandingOffer
import org.countersign.core.typedDigits

/** How a request ended, as the person is told: never more than is known. */
enum class Ending {
    APPROVED,
    DENIED,
    REPORTED,
    WRONG_NUMBER,
    EXPIRED,
    CANCELLED,
    FAILED,
    APPROVED_ELSEWHERE,
    DENIED_ELSEWHERE,

    /** The server knows of no such request any more. */
    GONE,
}

/** What a rule would let through, for the person to agree to. */
data class RuleOffer(
    val application: String,
    val network: String,
)

/** One request. */
data class RequestState(
    /** None while it is looked for. */
    val request: PendingRequest? = null,
    val secondsLeft: Long = 0,
    /** What the person has typed or picked. */
    val number: String = "",
    /** The code to be typed into the login page: the approval counts once it was. */
    val code: String? = null,
    /** There once the person has asked what a rule would be. */
    val rule: RuleOffer? = null,
    /** Days that the rule will count for; none when no rule is made. */
    val ruleDays: Int? = null,
    val ending: Ending? = null,
) {
    /** Whether everything is there that an approval needs. */
    val canApprove: Boolean
        get() {
            val asked = request ?: return false
            val complete = asked.digits == null || number.length == asked.digits!!.toInt()
            return ending == null && code == null && complete && (asked.options == null || number in asked.options!!)
        }
}

/** One request: shown, counted down, answered, and told truthfully how it ended. */
class RequestModel internal constructor(
    private val vault: OpenVault,
    val id: String,
    parent: CoroutineScope,
) : Model<RequestState>(parent, RequestState()) {
    private enum class Answer { APPROVE, DENY, REPORT }

    private val core = vault.core
    private var standing: StandingOffer? = null

    @Volatile private var answering = false

    /** Whether the inbox had it among what waits when it was looked at last. */
    @Volatile private var waits = false

    init {
        scope.launch { vault.inbox.state.collect { seen(it) } }
        find()
    }

    /**
     * Asks the servers for it, as when it was not found for want of a network. That the inbox does not have it proves nothing:
     * only its server's history says how it ended.
     */
    fun find() =
        look {
            val inbox = core.inbox(0u)
            vault.inbox.changed(inbox)
            if (answering || state.value.ending != null || apply(inbox)) return@look
            val accounts = state.value.request?.let { listOf(it.account) } ?: core.accounts().map { it.id }
            val item = accounts.flatMap { core.history(it) }.find { it.id == id }
            when {
                answering -> Unit
                item == null -> end(Ending.GONE)
                item.outcome != ChallengeOutcome.PENDING -> end(ending(item.outcome, item.answeredHere))
            }
        }

    /** The number that the sign-in screen shows: typed, or picked from `request.options`. */
    fun number(number: String) = tell { it.copy(number = typedDigits(number)) }

    fun approve() = answer(Answer.APPROVE) { core.approve(id, state.value.number.ifEmpty { null }) }

    fun deny() = answer(Answer.DENY) { core.deny(id) }

    /** It was not me. */
    fun report() = answer(Answer.REPORT) { core.report(id) }

    /** What rule this request allows: to be asked for before it is answered. */
    fun askForRule() =
        work {
            val offer = core.ruleOffer(id)
            standing = offer
            tell { it.copy(rule = RuleOffer(offer.application(), offer.network())) }
        }

    /** Make that rule with the approval, for so many days; none makes none. */
    fun remember(days: Int?) = tell { it.copy(ruleDays = days) }

    internal fun tick() {
        val left = left()
        tell { it.copy(secondsLeft = left) }
    }

    private fun left(): Long =
        vault.inbox.state.value
            .secondsLeft(id, vault.phone.uptime())

    private fun answer(
        answer: Answer,
        send: suspend () -> AnswerOutcome,
    ) = work {
        answering = true
        try {
            var outcome = send()
            while (outcome is AnswerOutcome.Code) {
                val code = outcome.code
                tell { it.copy(code = code) }
                delay(BETWEEN_LOOKS)
                outcome = afterCode(outcome)
            }
            settle(answer, outcome)
        } finally {
            answering = false
            tell { it.copy(code = null) }
            // What the inbox told meanwhile may be all that is ever known.
            seen(vault.inbox.state.value)
        }
    }

    /** The code is good for as long as the request waits, network or not. */
    private suspend fun afterCode(code: AnswerOutcome): AnswerOutcome =
        try {
            core.afterCode(id)
        } catch (_: CoreException.Network) {
            code
        }

    private suspend fun settle(
        answer: Answer,
        outcome: AnswerOutcome,
    ) {
        if (outcome is AnswerOutcome.VerificationNeeded) {
            vault.inbox.changed(core.inbox(0u))
            throw CoreException.Input("verification_needed", "The server wants to be sure that it is you. Approve once more.")
        }
        val ending =
            when (outcome) {
                is AnswerOutcome.Done -> if (answer == Answer.REPORT) Ending.REPORTED else here(outcome.outcome)
                is AnswerOutcome.Elsewhere -> elsewhere(outcome.outcome)
                AnswerOutcome.Expired -> Ending.EXPIRED
                AnswerOutcome.WrongNumber -> Ending.WRONG_NUMBER
                else -> Ending.GONE
            }
        end(ending)
        val offer = standing
        val days = state.value.ruleDays
        if (ending == Ending.APPROVED && offer != null && days != null) core.makeRule(offer, days.toUInt())
    }

    private fun seen(inbox: InboxState) {
        val content = inbox.inbox ?: return
        // What the server says to the answer itself is what the person is told.
        if (answering) return
        val there = apply(content)
        if (waits && !there) find()
        waits = there && state.value.ending == null
    }

    /** What the inbox says of it: that it waits, or that it ended without this screen. False when it does not know it. */
    private fun apply(inbox: Inbox): Boolean {
        val pending = inbox.pending.find { it.id == id }
        val ended = inbox.ended.find { it.id == id }
        when {
            pending != null -> {
                val left = left()
                tell { it.copy(request = pending, secondsLeft = left) }
            }

            ended == null -> {
                return false
            }

            else -> {
                end(ended.outcome?.let { ending(it, ended.answeredHere) } ?: Ending.GONE)
            }
        }
        return true
    }

    /** The first ending counts: an answer given here knows more than what the inbox tells of it later. */
    private fun end(ending: Ending) = tell { it.copy(ending = it.ending ?: ending) }

    private fun ending(
        outcome: ChallengeOutcome,
        answeredHere: Boolean,
    ): Ending = if (answeredHere) here(outcome) else elsewhere(outcome)

    private fun here(outcome: ChallengeOutcome): Ending =
        when (outcome) {
            ChallengeOutcome.APPROVED -> Ending.APPROVED
            ChallengeOutcome.DENIED -> Ending.DENIED
            else -> elsewhere(outcome)
        }

    private fun elsewhere(outcome: ChallengeOutcome): Ending =
        when (outcome) {
            ChallengeOutcome.APPROVED -> Ending.APPROVED_ELSEWHERE
            ChallengeOutcome.DENIED -> Ending.DENIED_ELSEWHERE
            ChallengeOutcome.EXPIRED -> Ending.EXPIRED
            ChallengeOutcome.CANCELLED -> Ending.CANCELLED
            ChallengeOutcome.FAILED -> Ending.FAILED
            ChallengeOutcome.PENDING -> Ending.GONE
        }

    private companion object {
        const val BETWEEN_LOOKS = 2000L
    }
}
