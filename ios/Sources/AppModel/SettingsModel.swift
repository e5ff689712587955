// The person's choices, the ways to unlock, backups, earlier states.

import CountersignCore
import Platform

public struct SettingsState: Sendable {
    /// None until it was read.
    public internal(set) var page: SettingsPage?
    /// Earlier states of the vault, newest first; none until they were asked for.
    public internal(set) var earlier: [EarlierState]?
}

@MainActor
public final class SettingsModel: Model<SettingsState> {
    private weak var vault: OpenVault?
    private let phone: Phone
    private let core: CountersignCore

    init(vault: OpenVault) {
        self.vault = vault
        phone = vault.phone
        core = vault.core
        super.init(SettingsState())
        refresh()
    }

    /// Keeps other choices; one out of its range is told, and nothing is kept.
    public func keep(_ settings: AppSettings) {
        change { [core, vault] in
            try await core.setSettings(settings: settings)
            vault?.codes.refresh()
        }
    }

    public func setPassword(_ password: String) {
        change { [core] in try await core.setPassword(password: password) }
    }

    /// For who unlocks by this phone and does not know the password any more.
    public func replaceForgottenPassword(_ password: String) {
        change { [core] in try await core.replaceForgottenPassword(password: password) }
    }

    /// The reminder was answered: the password is checked, and the reminder begins anew.
    public func typePassword(_ password: String) {
        change { [core, phone = phone] in
            let second = try await CountersignCore.openWithPassword(
                path: phone.vaultPath, password: password, keys: phone.keys, options: phone.connection)
            second.lock()
            try await core.passwordTyped()
        }
    }

    /// Lets this phone's key unlock the vault, or does it again after it was lost.
    public func unlockByPhone() {
        change { [core, phone, vault] in
            try await core.setKeyStore(keys: phone.keys, alias: AppModel.wrappingKey)
            vault?.app?.keyIsBack()
        }
    }

    public func removeWay(_ way: WayToUnlock) {
        change { [core] in try await core.removeWay(way: way) }
    }

    /// Seals everything under new keys; afterwards the password is the only way to unlock.
    public func renewKeys(password: String) {
        change { [core] in try await core.renewKeys(password: password) }
    }

    public func backUp(folder: String, password: String, keep: UInt16) {
        change { [core] in _ = try await core.backUp(folder: folder, password: password, keep: keep) }
    }

    public func switchOnBackups(folder: String, password: String, keep: UInt16) {
        change { [core] in _ = try await core.switchOnBackups(folder: folder, password: password, keep: keep) }
    }

    public func switchOffBackups() {
        change { [core] in try await core.switchOffBackups() }
    }

    public func loadEarlier() {
        now { state.earlier = try earlierStates(path: phone.vaultPath) }
    }

    /// Goes back to an earlier state; the present one is kept as one of them.
    public func restore(_ earlier: EarlierState) {
        change { [core, vault] in
            try await core.restore(generation: earlier.generation)
            vault?.codes.refresh()
            vault?.accounts.refresh()
            self.state.earlier = nil
        }
    }

    public func forgetEarlier() {
        change { [core] in
            try await core.forgetEarlierStates()
            self.state.earlier = nil
        }
    }

    public func refresh() {
        now { try read() }
    }

    private func change(_ task: @escaping @MainActor () async throws -> Void) {
        work {
            try await task()
            try self.read()
        }
    }

    private func read() throws {
        state.page = try core.settingsPage()
    }
}

extension AppSettings {
    func with(order: CodesOrder) -> AppSettings {
        AppSettings(
            order: order, hideCodes: hideCodes, clipboardSeconds: clipboardSeconds,
            followServersClock: followServersClock, lockIdleSeconds: lockIdleSeconds,
            lockInBackground: lockInBackground, remindOfPasswordDays: remindOfPasswordDays)
    }
}
