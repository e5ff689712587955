// What waits over all accounts, and what has just ended.

import CountersignCore
import Platform

public struct InboxState: Sendable {
    /// None until the servers were asked.
    public internal(set) var inbox: Inbox?
    /// When it was fetched, by `Phone.uptime`.
    public internal(set) var at: UInt64 = 0
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
        state = InboxState(inbox: inbox, at: phone.uptime())
        for case .request(let model) in vault?.state.screens ?? [] { model.seen(state) }
        phone.notifications.keepOnly(requests: inbox.pending.map(\.id))
    }

    func stopped(_ trouble: Trouble) {
        tell(trouble)
    }
}
