// Many things at once, over the real core.

@testable import AppModel
import CountersignCore
import Testing

private let many = 50

@MainActor
@Suite(.timeLimit(.minutes(2))) struct ConcurrencyTests {
    let phone: TestPhone

    init() async throws {
        phone = try TestPhone()
        try await phone.create()
    }

    @Test func fiftyTasksAtOnceGetFiftyCodesNoneOfThemTwice() async throws {
        let core = try phone.vault.core
        let uri = "otpauth://hotp/Counted:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8&counter=0"
        let entry = try await core.addUri(uri: uri).id
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<many { group.addTask { try await core.nextCode(entry: entry).code } }
            var codes: Set<String?> = []
            for try await code in group { codes.insert(code) }
            return codes
        }
        #expect(codes.count == many)
        #expect(try core.entry(entry: entry).counter == UInt64(many))
    }

    @Test func fiftyDifferentTasksAtOnceAllEnd() async throws {
        let core = try phone.vault.core
        let calls: [@Sendable (Int) async throws -> Void] = [
            {
                _ = try await core.addUri(uri: "otpauth://totp/Shop:ann-\($0)?secret=JBSWY3DPEHPK3PXP&issuer=Shop\($0)")
            },
            { _ in _ = try core.codes(search: "shop", tag: nil) },
            { _ in _ = try await core.export(form: .links, password: nil, entries: []) },
            { _ in _ = try await core.inbox(waitSeconds: 0) },
            { _ in _ = try core.settingsPage() },
        ]
        // One to begin with: an export of nothing is refused.
        try await calls[0](many)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for at in 0..<many { group.addTask { try await calls[at % calls.count](at) } }
            try await group.waitForAll()
        }
        #expect(try core.entries().count == many / calls.count + 1)
    }

    @Test func fiftyScreensAtOnceShowTheSame() async throws {
        let vault = try phone.vault
        let entry = try await vault.core.addUri(
            uri: "otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example"
        ).id
        for _ in 0..<many { vault.openEntry(id: entry) }
        #expect(vault.state.screens.count == many)
        for case .entry(let model) in vault.state.screens { model.edit(.note("read by ann")) }
        try await until {
            vault.state.screens.allSatisfy {
                if case .entry(let model) = $0 {
                    model.doing == .nothing && model.state.entry?.note == "read by ann"
                } else {
                    false
                }
            }
        }
    }

    @Test func aButtonPressedFiftyTimesDoesOneThing() async throws {
        let settings = try phone.vault.settings
        let before = phone.keys.prompts
        for _ in 0..<many { settings.unlockByPhone() }
        try await settings.succeeds()
        #expect(phone.keys.prompts == before + 1)
    }
}

extension EntryChange {
    static func note(_ note: String) -> EntryChange {
        EntryChange(issuer: nil, account: nil, tags: nil, pinned: nil, note: note)
    }
}
