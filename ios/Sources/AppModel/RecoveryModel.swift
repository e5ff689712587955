// What is left of a vault that does not open: read, and saved as a new one. The damaged files are put aside, never deleted.

import CountersignCore
import Platform

public struct RecoveryState: Sendable {
    /// Why it does not open, and what that means.
    public internal(set) var reason: Trouble
    /// Earlier states, newest first: each may be whole.
    public internal(set) var earlier: [EarlierState] = []
    /// What was found; none until the person has unlocked what is left.
    public internal(set) var findings: RecoveryFindings?
}

@MainActor
public final class RecoveryModel: Model<RecoveryState> {
    private weak var app: AppModel?
    private let phone: Phone
    private var recovered: RecoveredVault?

    init(app: AppModel, phone: Phone, reason: Trouble) {
        self.app = app
        self.phone = phone
        super.init(RecoveryState(reason: reason))
        now { state.earlier = try earlierStates(path: phone.vaultPath) }
    }

    /// Reads the vault, or an earlier state of it, with its password.
    public func unlock(password: String, from earlier: EarlierState? = nil) {
        read(earlier) { try await RecoveredVault.recoverWithPassword(path: $0, password: password) }
    }

    public func unlockByPhrase(phrase: String, from earlier: EarlierState? = nil) {
        read(earlier) { try await RecoveredVault.recoverWithPhrase(path: $0, phrase: phrase) }
    }

    public func unlockByPhone(from earlier: EarlierState? = nil) {
        read(earlier) { [phone] in try await RecoveredVault.recoverWithKeyStore(path: $0, keys: phone.keys) }
    }

    /// Saves what was found in the place of the vault, to be opened with this password.
    public func save(password: String) {
        guard let recovered else { return }
        work { [app, phone] in
            let file = VaultFile(path: phone.vaultPath)
            let saved = try file.placeForRecovered()
            try await recovered.saveAs(path: saved, password: password)
            try file.putAside()
            try file.take(saved)
            app?.lookAtFile()
        }
    }

    /// Begins with a new vault.
    public func startAnew() {
        work { [app, phone] in
            try VaultFile(path: phone.vaultPath).putAside()
            app?.lookAtFile()
        }
    }

    /// The same file once more, as after an update or a restored backup.
    public func tryAgain() {
        app?.lookAtFile()
    }

    private func read(_ earlier: EarlierState?, by way: @escaping @MainActor (String) async throws -> RecoveredVault) {
        let path = earlier?.path ?? phone.vaultPath
        work {
            let recovered = try await wanted { try await way(path) }
            self.recovered = recovered
            self.state.findings = recovered.findings()
        }
    }
}
