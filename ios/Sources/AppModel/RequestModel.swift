// One request: shown, counted down, answered, and told truthfully how it ended.

import CountersignCore

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
    private let core: CountersignCore
    private var standing: StandingOffer?
    private var answered: Answer?
    /// Whether the inbox had it among what waits when it was looked at last.
    private var waits = false
    private var finding = false
    private var asking = false

    init(vault: OpenVault, id: String) {
        self.id = id
        self.vault = vault
        core = vault.core
        super.init(RequestState())
        seen(vault.inbox.state)
        find()
    }

    /// Asks the servers for it, as when it was not found for want of a network. That the inbox does not have it proves
    /// nothing: only its server's history says how it ended.
    public func find() {
        guard !finding else { return }
        finding = true
        look { [core, id] in
            defer { self.finding = false }
            let inbox = try await wanted { try await core.inbox(waitSeconds: 0) }
            self.vault?.inbox.changed(inbox)
            guard self.answered == nil, self.state.ending == nil, !self.apply(inbox) else { return }
            let accounts = try self.state.request.map { [$0.account] } ?? core.accounts().map(\.id)
            var item: HistoryItem?
            for account in accounts where item == nil {
                item = try await wanted { try await core.history(account: account) }.first { $0.id == id }
            }
            guard self.answered == nil else { return }
            guard let item else { return self.end(.gone) }
            if item.outcome != .pending { self.end(self.ending(item.outcome, answeredHere: item.answeredHere)) }
        }
    }

    /// The number that the sign-in screen shows: typed, or picked from `request.options`.
    public func number(_ number: String) {
        state.number = typedDigits(typed: number)
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

    /// A prompt is closed. What was sent already counts, and the inbox will tell it.
    public override func cancel() {
        vault?.app?.prompts.giveUp()
        super.cancel()
        if state.code == nil { answered = nil }
    }

    func tick() {
        state.secondsLeft = vault?.inbox.secondsLeft(request: id) ?? 0
        if state.code != nil { askWhatCameOfTheCode() }
    }

    func seen(_ inbox: InboxState) {
        // What the server says to the answer itself is what the person is told.
        guard let content = inbox.inbox, answered == nil else { return }
        let there = apply(content)
        if waits, !there { find() }
        waits = there && state.ending == nil
    }

    /// What the inbox says of it: that it waits, or that it ended without this screen. False when it does not know it.
    private func apply(_ inbox: Inbox) -> Bool {
        if let pending = inbox.pending.first(where: { $0.id == id }) {
            state.request = pending
            tick()
        } else if let ended = inbox.ended.first(where: { $0.id == id }) {
            end(ended.outcome.map { ending($0, answeredHere: ended.answeredHere) } ?? .gone)
        } else {
            return false
        }
        return true
    }

    private func answer(_ answer: Answer, by send: @escaping @MainActor () async throws -> AnswerOutcome) {
        guard state.ending == nil, answered == nil else { return }
        work {
            self.answered = answer
            do {
                try await self.settle(answer, try await wanted(send))
            } catch {
                // Who stopped waiting may have begun anew.
                guard !Task.isCancelled else { throw error }
                self.answered = nil
                // What the inbox told meanwhile may be all that is ever known.
                if let vault = self.vault { self.seen(vault.inbox.state) }
                throw error
            }
        }
    }

    /// The code is good for as long as the request waits, network or not.
    private func askWhatCameOfTheCode() {
        guard !asking, let answered else { return }
        asking = true
        look { [core, id] in
            defer { self.asking = false }
            do {
                try await self.settle(answered, try await wanted { try await core.afterCode(request: id) })
            } catch let error as CoreError {
                guard case .Network = error else { throw error }
            }
        }
    }

    private func settle(_ answer: Answer, _ outcome: AnswerOutcome) async throws {
        state.code = nil
        switch outcome {
        case .code(let code): state.code = code
        case .done(let outcome): end(answer == .report ? .reported : here(outcome))
        case .elsewhere(let outcome): end(elsewhere(outcome))
        case .expired: end(.expired)
        case .wrongNumber: end(.wrongNumber)
        case .gone: end(.gone)
        case .verificationNeeded:
            let inbox = try await wanted { [core] in try await core.inbox(waitSeconds: 0) }
            vault?.inbox.changed(inbox)
            throw Trouble.verificationNeeded
        }
        guard state.ending == .approved, let standing, let days = state.ruleDays else { return }
        _ = try await core.makeRule(offer: standing, days: days)
    }

    /// The first ending counts: an answer given here knows more than what the inbox tells of it later.
    private func end(_ ending: Ending) {
        if state.ending == nil { state.ending = ending }
    }

    private func ending(_ outcome: ChallengeOutcome, answeredHere: Bool) -> Ending {
        answeredHere ? here(outcome) : elsewhere(outcome)
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
