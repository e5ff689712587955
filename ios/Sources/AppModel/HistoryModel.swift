// What this phone has answered over all accounts, with receipts. Needs no network.

import CountersignCore

public struct HistoryState: Sendable {
    /// Newest first.
    public internal(set) var answers: [GivenAnswer] = []
    /// Whether there are older ones.
    public internal(set) var more = true
}

@MainActor
public final class HistoryModel: Model<HistoryState> {
    private let core: CountersignCore
    private var after: String?

    init(vault: OpenVault) {
        core = vault.core
        super.init(HistoryState())
        more()
    }

    /// The next part, as when the end of the list is reached.
    public func more() {
        guard state.more else { return }
        now {
            let page = try core.answers(after: after, limit: Self.page)
            after = page.next
            state = HistoryState(answers: state.answers + page.answers, more: page.next != nil)
        }
    }

    private static let page: UInt32 = 50
}
