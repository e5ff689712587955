// The accounts that this phone answers for.

import CountersignCore

public struct AccountsState: Sendable {
    /// The oldest first; none until they were read.
    public internal(set) var accounts: [Account]?
}

@MainActor
public final class AccountsModel: Model<AccountsState> {
    private let core: CountersignCore

    init(vault: OpenVault) {
        core = vault.core
        super.init(AccountsState())
        refresh()
    }

    public func refresh() {
        now { state.accounts = try core.accounts() }
    }
}
