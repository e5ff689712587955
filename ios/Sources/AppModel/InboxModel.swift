// What waits over all accounts, and what has just ended.

import CountersignCore
import Platform

public struct InboxState: Sendable {
    /// None until the servers were asked.
    public internal(set) var inbox: Inbox?
    /// When each waiting request ends, by `Phone.uptime`.
    var endsAt: [String: UInt64] = [:]
}

@MainActor
public final class InboxModel: Model<InboxState> {
    private weak var vault: OpenVault?
    private let core: CountersignCore
    private let phone: Phone

    init(vault: OpenVault) {
        self.vault = vault
        core = vault.core
        phone = vault.phone
        super.init(InboxState())
    }

    /// Asks all servers now, as when the list is pulled down.
    public func refresh() {
        work { [core] in
            self.changed(try await wanted { try await core.inbox(waitSeconds: 0) })
        }
    }

    /// What one account could not do is in `inbox.troubles`: the others go on.
    func changed(_ inbox: Inbox) {
        let now = phone.uptime()
        // An account's last report may be told again with another's news: no request gains time by that.
        let ends = inbox.pending.map { ($0.id, min(now + $0.secondsLeft * 1000, state.endsAt[$0.id] ?? .max)) }
        state = InboxState(inbox: inbox, endsAt: Dictionary(ends) { one, _ in one })
        for case .request(let model) in vault?.state.screens ?? [] { model.seen(state) }
        phone.notifications.keepOnly(requests: inbox.pending.map(\.id))
    }

    /// Whole seconds that a request still waits.
    public func secondsLeft(request: String) -> UInt64 {
        secondsUntil(state.endsAt[request] ?? 0, from: phone)
    }
}
