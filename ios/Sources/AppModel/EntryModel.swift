// One entry: looked at, changed, removed. Its screen leaves by itself once there is no such entry any more.

import CountersignCore

public struct EntryState: Sendable {
    /// None until it was read.
    public internal(set) var entry: Entry?
    public internal(set) var code: Code?
    public internal(set) var picture: EntryPicture?
}

@MainActor
public final class EntryModel: Model<EntryState> {
    public let id: String
    private weak var vault: OpenVault?
    private let core: CountersignCore

    init(vault: OpenVault, id: String) {
        self.id = id
        self.vault = vault
        core = vault.core
        super.init(EntryState())
        refresh()
    }

    /// What is none in `change` stays as it is.
    public func edit(_ change: EntryChange) {
        work { [core, id] in
            try await core.editEntry(entry: id, change: change)
            self.refresh()
        }
    }

    public func setPin(_ pin: String) {
        work { [core, id] in
            try await core.setPin(entry: id, pin: pin)
            self.refresh()
        }
    }

    /// The next code of an entry that a counter moves.
    public func next() {
        work { [core, id] in
            self.state.code = try await wanted { try await core.nextCode(entry: id) }
            self.state.entry = try core.entry(entry: id)
        }
    }

    /// After the person has confirmed it: there is no way back.
    public func remove() {
        work { [core, id, vault] in
            try await core.removeEntry(entry: id)
            vault?.codes.refresh()
            vault?.leave(self)
        }
    }

    public func refresh() {
        now {
            do { try read() } catch CoreError.Input(Self.unknownCode, _) {
                // Removed, here or by another program that has this vault open.
                vault?.leave(self)
            }
        }
    }

    private func read() throws {
        let code = try core.code(entry: id)
        state.entry = try core.entry(entry: id)
        // The code of a counter stays until another one is asked for.
        state.code = code.code == nil ? state.code ?? code : code
        state.picture = try state.picture ?? core.entryPicture(entry: id)
    }

    private static let unknownCode = "unknown_entry"
}
