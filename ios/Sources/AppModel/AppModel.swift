// The root: whether there is a vault, whether it is open, and what to show once it is.

import CountersignCore
import Platform

/// What the whole app shows.
public enum AppState {
    /// It is not known yet whether there is a vault.
    case looking
    /// First use: a vault is to be created.
    case noVault
    /// `keyLost`: this phone's key is gone, as after a restore or with new fingerprints; the password or the phrase still
    /// open it.
    case locked(ways: [WayToUnlock], keyLost: Bool)
    /// `keyLost`: unlocking by this phone has to be switched on again.
    case open(OpenVault, keyLost: Bool)
    /// There is a vault, and it does not open.
    case cannotOpen(RecoveryModel)
}

@MainActor
public final class AppModel: Model<AppState> {
    let phone: Phone
    let prompts: Prompts
    private var linkWaiting: String?
    private var requestWaiting: String?
    private var scanWaiting = false
    private var isInFront = false

    public init(phone: Phone) {
        prompts = Prompts(keys: phone.keys)
        self.phone = phone.with(keys: prompts)
        super.init(.looking)
    }

    /// Looks whether there is a vault. Call it once, before anything else.
    public func start() {
        lookAtFile()
    }

    public func isShort(password: String) -> Bool {
        isShortPassword(password: password)
    }

    /// Creates the vault; with `byPhone`, this phone's key will unlock it too.
    public func create(password: String, byPhone: Bool) {
        work { [phone] in
            let core = try await wanted {
                try await CountersignCore.createWithPassword(
                    path: phone.vaultPath, password: password, keys: phone.keys, options: phone.connection)
            }
            try await core.passwordTyped()
            self.opened(core, keyLost: false)
            // A phone that refuses is told, and the vault is open all the same.
            if byPhone { try await core.setKeyStore(keys: phone.keys, alias: Self.wrappingKey) }
            self.vault?.settings.refresh()
        }
    }

    public func unlock(password: String) {
        work { [phone] in
            let core = try await wanted {
                try await CountersignCore.openWithPassword(
                    path: phone.vaultPath, password: password, keys: phone.keys, options: phone.connection)
            }
            self.opened(core, keyLost: self.keyLost)
            try await core.passwordTyped()
        }
    }

    public func unlockByPhrase(phrase: String) {
        work { [phone] in
            let core = try await wanted {
                try await CountersignCore.openWithPhrase(
                    path: phone.vaultPath, phrase: phrase, keys: phone.keys, options: phone.connection)
            }
            self.opened(core, keyLost: self.keyLost)
        }
    }

    public func unlockByPhone() {
        work { [phone] in
            do {
                let core = try await wanted {
                    try await CountersignCore.openWithKeyStore(
                        path: phone.vaultPath, keys: phone.keys, options: phone.connection)
                }
                self.opened(core, keyLost: false)
            } catch let error as CoreError {
                if case .Unlock(Self.keyLostCode, _) = error, self.keyIsLost(Trouble(error)) { return }
                throw error
            }
        }
    }

    /// The password or the phrase still open the vault; where there is neither, nothing does. True when that was said.
    private func keyIsLost(_ reason: Trouble?) -> Bool {
        guard case .locked(let ways, _) = state else { return false }
        guard ways == [.keyStore] else {
            state = .locked(ways: ways, keyLost: true)
            return false
        }
        state = .cannotOpen(RecoveryModel(app: self, phone: phone, reason: reason ?? .unexpected))
        return true
    }

    /// This phone's key unlocks the vault again, after it was lost.
    func keyIsBack() {
        if case .open(let vault, _) = state { state = .open(vault, keyLost: false) }
    }

    public func lock() {
        vault?.core.lock()
        shut()
    }

    /// Call it every second while the app is in front.
    public func tick() {
        guard let vault else { return }
        if isLocked({ try vault.core.tick() }) { shut() } else { vault.tick() }
    }

    /// The person has touched the screen.
    public func touch() {
        guard let vault else { return }
        if isLocked({ try vault.core.touch() }) { shut() }
    }

    /// The app comes to the front: locks what should have been locked meanwhile, and watches the inbox.
    public func inFront() {
        isInFront = true
        tick()
        vault?.watch()
    }

    /// The app is left, or the phone locks.
    public func inBackground() {
        isInFront = false
        phone.refresh.schedule()
        guard let vault else { return }
        if isLocked({ try vault.core.inBackground() }) { shut() } else { vault.rest() }
    }

    /// A link from outside: shown to the person once the vault is open, and never done by itself.
    public func openLink(_ link: String) {
        linkWaiting = link
        handOver()
    }

    /// A notification was tapped.
    public func openRequest(id: String) {
        requestWaiting = id
        handOver()
    }

    /// A widget asks for the scanner: it opens once the vault is open.
    public func openScan() {
        scanWaiting = true
        handOver()
    }

    public override func cancel() {
        prompts.giveUp()
        super.cancel()
    }

    /// What is known of the vault's file is asked anew, as after it was put aside.
    func lookAtFile() {
        if case .cannotOpen(let recovery) = state { recovery.close() }
        do {
            state = .locked(ways: try waysToUnlock(path: phone.vaultPath), keyLost: false)
        } catch CoreError.Vault(Self.notFoundCode, _) {
            state = .noVault
        } catch {
            state = .cannotOpen(RecoveryModel(app: self, phone: phone, reason: Trouble(error) ?? .unexpected))
        }
    }

    func shut() {
        guard let vault else { return }
        // What the app itself had still to do with it is over too: the next way to unlock need not wait for it.
        stop()
        vault.close()
        lookAtFile()
    }

    private var vault: OpenVault? {
        guard case .open(let vault, _) = state else { return nil }
        return vault
    }

    private var keyLost: Bool {
        guard case .locked(_, let keyLost) = state else { return false }
        return keyLost
    }

    /// What cannot be asked is not open any more.
    private func isLocked(_ ask: () throws -> LockState) -> Bool {
        guard let answer = try? ask() else { return true }
        return answer == .locked
    }

    private func opened(_ core: CountersignCore, keyLost: Bool) {
        vault?.close()
        let vault = OpenVault(core: core, phone: phone, app: self)
        state = .open(vault, keyLost: keyLost)
        // Whoever left while the password was being checked has left an open vault behind.
        if isInFront { vault.watch() } else { inBackground() }
        handOver()
    }

    private func handOver() {
        guard let vault else { return }
        if let linkWaiting { vault.openLink(linkWaiting) }
        if let requestWaiting { vault.openRequest(id: requestWaiting) }
        if scanWaiting { vault.openScan() }
        linkWaiting = nil
        requestWaiting = nil
        scanWaiting = false
    }

    static let wrappingKey = "vault"
    static let keyLostCode = "vault_key_lost"
    static let notFoundCode = "vault_not_found"
}
