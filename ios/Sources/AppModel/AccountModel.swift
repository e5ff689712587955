// One account: renamed, its rules and its history, handed to another phone, removed.

import CountersignCore

public struct AccountState: Sendable {
    /// None until it was read.
    public internal(set) var account: Account?
    /// What its server remembers of this phone; none until it was asked.
    public internal(set) var history: [HistoryItem]?
    /// What is approved without asking; none until the server was asked.
    public internal(set) var rules: [StandingRule]?
    /// Rules that the server lists and this phone has not made.
    public internal(set) var foreignRules: UInt64 = 0
    /// A link by which another phone takes the account over: to be shown as a QR code, and kept nowhere.
    public internal(set) var successor: Successor?
    /// The server could not be told of the removal: removing it here alone is possible.
    public internal(set) var serverIsGone = false
}

@MainActor
public final class AccountModel: Model<AccountState> {
    public let id: String
    private weak var vault: OpenVault?
    private let core: CountersignCore

    init(vault: OpenVault, id: String) {
        self.id = id
        self.vault = vault
        core = vault.core
        super.init(AccountState())
        refresh()
    }

    public func refresh() {
        now { try read() }
    }

    public func rename(deviceName: String) {
        work { [core, id, vault] in
            try await core.rename(account: id, deviceName: deviceName)
            try self.read()
            vault?.accounts.refresh()
        }
    }

    public func loadHistory() {
        work { [core, id] in
            self.state.history = try await wanted { try await core.history(account: id) }
        }
    }

    public func loadRules() {
        work { try await self.readRules() }
    }

    public func endRule(_ rule: String) {
        work { [core, id] in
            try await core.endRule(account: id, rule: rule)
            try await self.readRules()
        }
    }

    public func transfer() {
        work { [core, id] in
            self.state.successor = try await wanted { try await core.transfer(account: id) }
        }
    }

    /// The link is not shown any more.
    public func forgetTransfer() {
        state.successor = nil
    }

    /// Removes it here and at its server. `evenIfServerIsGone` is for after `serverIsGone`, and for the person's second yes.
    public func remove(evenIfServerIsGone: Bool = false) {
        work { [core, id, vault] in
            do {
                try await core.removeAccount(account: id, evenIfServerIsGone: evenIfServerIsGone)
            } catch let error as CoreError {
                if case .Network = error { self.state.serverIsGone = true }
                throw error
            }
            vault?.accounts.refresh()
            vault?.back()
        }
    }

    private func read() throws {
        state.account = try core.accounts().first { $0.id == id }
    }

    private func readRules() async throws {
        let rules = try await wanted { [core, id] in try await core.rules(account: id) }
        state.rules = rules.rules
        state.foreignRules = rules.foreign
    }
}
