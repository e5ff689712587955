// One request: shown, counted down, answered, and told truthfully how it ended.

import CountersignCore
import Platform

/// How a request ended, as the person is told: never more than is known.
public enum Ending: Sendable {
    case approved, denied, reported, wrongNumber, expired, cancelled, failed, approvedElsewhere, deniedElsewhere
    /// The server knows of no such request any more.
    case gone
}

/// What a rule would let through, for the person to agree to.
public struct RuleOffer: Sendable, Equatable {
    public let application: String
    public let network: String
}

public struct RequestState: Sendable {
    /// None while it is looked for.
    public internal(set) var request: PendingRequest?
    public internal(set) var secondsLeft: UInt64 = 0
    /// What the person has typed or picked.
    public internal(set) var number = ""
    /// The code to be typed into the login page: the approval counts once it was.
    public internal(set) var code: String?
    /// There once the person has asked what a rule would be.
    public internal(set) var rule: RuleOffer?
    /// Days that the rule will count for; none when no rule is made.
    public internal(set) var ruleDays: UInt32?
    public internal(set) var ending: Ending?

    /// Whether everything is there that an approval needs.
    public var canApprove: Bool {
        guard let request, ending == nil, code == nil else { return false }
        if let digits = request.digits, number.count != Int(digits) { return false }
        return request.options?.contains(number) ?? true
    }
}

@MainActor
public final class RequestModel: Model<RequestState> {
    private enum Answer { case approve, deny, report }

    public let id: String
    private weak var vault: OpenVault?
    private let phone: Phone
    private let core: CountersignCore
    private var standing: StandingOffer?
    private var seenAt: UInt64 = 0
    private var answered: Answer?
    private var asking = false

    init(vault: OpenVault, id: String) {
        self.id = id
        self.vault = vault
        phone = vault.phone
        core = vault.core
        super.init(RequestState())
        if vault.inbox.state.inbox == nil { vault.inbox.refresh() }
        seen(vault.inbox.state)
    }

    /// The number that the sign-in screen shows: typed, or picked from `request.options`. Digits of any script.
    public func number(_ number: String) {
        state.number = number.compactMap { $0.wholeNumberValue.map(String.init) }.joined()
    }

    public func approve() {
        guard state.canApprove else { return }
        answer(.approve) { [core, id, number = state.number] in
            try await core.approve(request: id, number: number.isEmpty ? nil : number)
        }
    }

    public func deny() {
        answer(.deny) { [core, id] in try await core.deny(request: id) }
    }

    /// It was not me.
    public func report() {
        answer(.report) { [core, id] in try await core.report(request: id) }
    }

    /// What rule this request allows: to be asked for before it is answered.
    public func askForRule() {
        work { [core, id] in
            let offer = try await wanted { try await core.ruleOffer(request: id) }
            self.standing = offer
            self.state.rule = RuleOffer(application: offer.application(), network: offer.network())
        }
    }

    /// Make that rule with the approval, for so many days; none makes none.
    public func remember(days: UInt32?) {
        state.ruleDays = days
    }

    func tick() {
        guard let request = state.request else { return }
        state.secondsLeft = secondsUntil(seenAt + request.secondsLeft * 1000, from: phone)
        if state.code != nil { askWhatCameOfTheCode() }
    }

    /// What the inbox says of it: that it waits, or that it ended without this screen.
    func seen(_ inbox: InboxState) {
        guard let content = inbox.inbox else { return }
        if let pending = content.pending.first(where: { $0.id == id }) {
            state.request = pending
            seenAt = inbox.at
            return tick()
        }
        guard answered == nil, state.ending == nil else { return }
        if let ended = content.ended.first(where: { $0.id == id }) {
            state.ending = ended.outcome.map { ended.answeredHere ? here($0) : elsewhere($0) } ?? .gone
        } else if content.troubles.isEmpty {
            state.ending = .gone
        }
    }

    private func answer(_ answer: Answer, by send: @escaping @MainActor () async throws -> AnswerOutcome) {
        guard state.ending == nil, answered == nil else { return }
        work {
            self.answered = answer
            do {
                try await self.settle(answer, try await send())
            } catch {
                self.answered = nil
                throw error
            }
        }
    }

    private func askWhatCameOfTheCode() {
        guard !asking, let answered else { return }
        asking = true
        look { [core, id] in
            defer { self.asking = false }
            try await self.settle(answered, try await wanted { try await core.afterCode(request: id) })
        }
    }

    private func settle(_ answer: Answer, _ outcome: AnswerOutcome) async throws {
        state.code = nil
        switch outcome {
        case .code(let code): state.code = code
        case .done(let outcome): state.ending = answer == .report ? .reported : here(outcome)
        case .elsewhere(let outcome): state.ending = elsewhere(outcome)
        case .expired: state.ending = .expired
        case .wrongNumber: state.ending = .wrongNumber
        case .gone: state.ending = .gone
        case .verificationNeeded:
            vault?.inbox.refresh()
            throw Trouble.verificationNeeded
        }
        guard state.ending == .approved, let standing, let days = state.ruleDays else { return }
        _ = try await core.makeRule(offer: standing, days: days)
    }

    private func here(_ outcome: ChallengeOutcome) -> Ending {
        switch outcome {
        case .approved: .approved
        case .denied: .denied
        default: elsewhere(outcome)
        }
    }

    private func elsewhere(_ outcome: ChallengeOutcome) -> Ending {
        switch outcome {
        case .approved: .approvedElsewhere
        case .denied: .deniedElsewhere
        case .expired: .expired
        case .cancelled: .cancelled
        case .failed: .failed
        case .pending: .gone
        }
    }
}

extension Trouble {
    static let verificationNeeded = Trouble(
        kind: .input, code: "verification_needed",
        sentence: "The server wants to be sure that it is you. Approve once more."
    )
}
