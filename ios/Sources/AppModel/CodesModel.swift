// The list of codes: found, ordered, shown, copied.

import CountersignCore
import Platform

public struct CodesState: Sendable {
    /// None until it was read.
    public internal(set) var page: CodesPage?
    /// Codes that the person asked to see: hidden ones, and those that a counter moves. By entry.
    public internal(set) var revealed: [String: Code] = [:]
    /// The entry whose code is in the clipboard.
    public internal(set) var copied: String?
}

@MainActor
public final class CodesModel: Model<CodesState> {
    private let phone: Phone
    private let core: CountersignCore
    private var words = ""
    private var tag: String?

    init(vault: OpenVault) {
        phone = vault.phone
        core = vault.core
        super.init(CodesState())
        refresh()
    }

    public func search(_ words: String) {
        self.words = words
        refresh()
    }

    /// Only entries with this tag, or all of them.
    public func filter(tag: String?) {
        self.tag = tag
        refresh()
    }

    public func order(_ order: CodesOrder) {
        work { [core] in
            try await core.setSettings(settings: core.settingsPage().settings.with(order: order))
            self.refresh()
        }
    }

    public func reveal(entry: String) {
        now { show(try core.code(entry: entry)) }
    }

    public func hide(entry: String) {
        state.revealed[entry] = nil
    }

    /// The next code of an entry that a counter moves.
    public func next(entry: String) {
        work { [core] in self.show(try await wanted { try await core.nextCode(entry: entry) }) }
    }

    /// Copies the code that is shown; of a hidden one, the one that would be.
    public func copy(entry: String) {
        work { [core, phone] in
            var code = try self.state.revealed[entry] ?? core.code(entry: entry)
            if code.code == nil {
                code = try await wanted { try await core.nextCode(entry: entry) }
                self.show(code)
            }
            guard let text = code.code else { return }
            let seconds = try core.settingsPage().settings.clipboardSeconds
            phone.clipboard.copy(code: text, wipeAfterSeconds: seconds)
            self.state.copied = entry
            try await core.used(entry: entry)
        }
    }

    public func setPin(entry: String, pin: String) {
        work { [core] in
            try await core.setPin(entry: entry, pin: pin)
            self.refresh()
        }
    }

    /// Places an entry before another in the person's own order, or at its end.
    public func move(entry: String, before: String?) {
        work { [core] in
            try await core.moveEntry(entry: entry, before: before)
            self.refresh()
        }
    }

    public func refresh() {
        now {
            let page = try core.codes(search: words, tag: tag)
            let shown = Set(page.rows.map(\.id))
            // A revealed code is shown until it changes.
            state.revealed = try state.revealed.filter { entry, code in
                guard shown.contains(entry) else { return false }
                return try code.secondsLeft == nil || core.code(entry: entry).code == code.code
            }
            state.page = page
        }
    }

    private func show(_ code: Code) {
        state.revealed[code.id] = code
    }
}
