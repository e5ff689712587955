package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.delay
import org.countersign.core.AnswerOutcome
import org.countersign.core.ChallengeOutcome
import org.countersign.core.PendingRequest
import org.countersign.core.StandingOffer

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

    init {
        look { vault.inbox.state.collect { seen(it) } }
    }

    /** The number that the sign-in screen shows: typed, or picked from `request.options`. */
    fun number(number: String) = tell { it.copy(number = number.filterNot { char -> char.isWhitespace() }) }

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

    internal fun tick() =
        tell { state ->
            val left = state.request?.let { it.secondsLeft.toLong() - passed() } ?: 0
            state.copy(secondsLeft = left.coerceAtLeast(0))
        }

    private fun passed(): Long = (vault.phone.uptime() - vault.inbox.state.value.at) / MILLIS

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
                outcome = core.afterCode(id)
            }
            settle(answer, outcome)
        } finally {
            answering = false
            tell { it.copy(code = null) }
        }
    }

    private suspend fun settle(
        answer: Answer,
        outcome: AnswerOutcome,
    ) {
        if (outcome is AnswerOutcome.VerificationNeeded) {
            vault.inbox.refresh()
            return tell(VERIFICATION_NEEDED)
        }
        val ending =
            when (outcome) {
                is AnswerOutcome.Done -> if (answer == Answer.REPORT) Ending.REPORTED else here(outcome.outcome)
                is AnswerOutcome.Elsewhere -> elsewhere(outcome.outcome)
                AnswerOutcome.Expired -> Ending.EXPIRED
                AnswerOutcome.WrongNumber -> Ending.WRONG_NUMBER
                else -> Ending.GONE
            }
        tell { it.copy(ending = ending) }
        val offer = standing
        val days = state.value.ruleDays
        if (ending == Ending.APPROVED && offer != null && days != null) core.makeRule(offer, days.toUInt())
    }

    /** What the inbox says of it: that it waits, or that it ended without this screen. */
    private suspend fun seen(inbox: InboxState) {
        val content = inbox.inbox ?: return vault.inbox.refresh()
        val pending = content.pending.find { it.id == id }
        if (pending != null) {
            tell { it.copy(request = pending) }
            return tick()
        }
        if (answering || state.value.ending != null) return
        val ended = content.ended.find { it.id == id }
        val ending =
            when {
                ended == null -> if (content.troubles.isEmpty()) Ending.GONE else return
                ended.outcome == null -> Ending.GONE
                ended.answeredHere -> here(ended.outcome!!)
                else -> elsewhere(ended.outcome!!)
            }
        tell { it.copy(ending = ending) }
    }

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
        const val MILLIS = 1000L
        const val BETWEEN_LOOKS = 2000L
        val VERIFICATION_NEEDED =
            Trouble(TroubleKind.INPUT, "verification_needed", "The server wants to be sure that it is you. Approve once more.")
    }
}
