// What the screens without a server do: codes and entries, settings, exports, the recovery phrase, what was scanned.

import CountersignCore
import Foundation
import Testing

@testable import AppModel

private let example = "otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example"
private let counted = "otpauth://hotp/Counted:bob?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Counted&counter=0"

@MainActor
@Suite(.timeLimit(.minutes(2))) struct ScreenTests {
    let phone: TestPhone
    let vault: OpenVault

    init() async throws {
        phone = try TestPhone()
        vault = try await phone.create()
    }

    @Test func aHiddenCodeIsShownWhenItIsAskedForAndHiddenAgain() async throws {
        let entry = try #require(try await phone.add(example).added)
        try await vault.settings.keep { $0.with(hideCodes: true) }
        let codes = vault.codes
        #expect(codes.state.page?.rows.first?.hidden == true)
        #expect(codes.state.page?.rows.first?.code == nil)
        codes.reveal(entry: entry)
        #expect(codes.state.revealed[entry]?.code?.count == 6)
        codes.hide(entry: entry)
        #expect(codes.state.revealed.isEmpty)
        codes.copy(entry: entry)
        try await codes.succeeds()
        #expect(phone.clipboard.code?.count == 6)
        #expect(codes.state.copied == entry)
    }

    @Test func theListIsFilteredOrderedAndMoved() async throws {
        let first = try #require(try await phone.add(example).added)
        let second = try #require(try await phone.add(counted).added)
        vault.openEntry(id: second)
        guard case .entry(let entry) = try phone.top else { throw Wrong("the entry is not open") }
        entry.edit(EntryChange(issuer: nil, account: nil, tags: ["work"], pinned: nil, note: "ann's"))
        try await entry.succeeds()
        #expect(entry.state.entry?.tags == ["work"])
        let codes = vault.codes
        codes.filter(tag: "work")
        #expect(codes.state.page?.rows.map(\.id) == [second])
        codes.filter(tag: nil)
        codes.order(.manual)
        try await codes.succeeds()
        codes.move(entry: second, before: first)
        try await codes.succeeds()
        #expect(codes.state.page?.rows.map(\.id) == [second, first])
    }

    @Test func aCountersCodeIsAskedForAndARemovedEntryIsLeft() async throws {
        let id = try #require(try await phone.add(counted).added)
        vault.openEntry(id: id)
        guard case .entry(let entry) = try phone.top else { throw Wrong("the entry is not open") }
        #expect(entry.state.code?.code == nil)
        entry.next()
        try await entry.succeeds()
        #expect(entry.state.code?.code == "755224")
        entry.remove()
        try await entry.succeeds()
        #expect(vault.state.screens.isEmpty)
        #expect(vault.codes.state.page?.total == 0)
    }

    @Test func anEntryThatWasRemovedElsewhereIsLeftAlsoBelowAnotherScreen() async throws {
        let id = try #require(try await phone.add(counted).added)
        vault.openEntry(id: id)
        guard case .entry(let entry) = try phone.top else { throw Wrong("the entry is not open") }
        vault.openScan()
        try await vault.core.removeEntry(entry: id)
        phone.app.tick()
        #expect(entry.doing == .nothing)
        #expect(vault.state.screens.count == 1)
        guard case .scan = try phone.top else { throw Wrong("the scanner was left too") }
    }

    @Test func aChoiceOutOfItsRangeIsToldAndNothingIsKept() async throws {
        let settings = vault.settings
        let before = try #require(settings.state.page)
        settings.keep(before.settings.with(lockIdleSeconds: before.lockIdleSeconds.most + 1))
        #expect(try await settings.settled().trouble?.kind == .input)
        settings.dismiss()
        #expect(settings.doing == .nothing)
        settings.refresh()
        #expect(settings.state.page?.settings == before.settings)
    }

    @Test func theOnlyWayToUnlockStays() async throws {
        vault.settings.removeWay(.password)
        try await vault.settings.fails("vault_last_slot")
        vault.settings.typePassword("wrong")
        try await vault.settings.fails("wrong_password")
        vault.settings.typePassword("correct horse")
        try await vault.settings.succeeds()
    }

    @Test func anEarlierStateIsGoneBackTo() async throws {
        _ = try await phone.add(example)
        let settings = vault.settings
        settings.loadEarlier()
        let earlier = try #require(settings.state.earlier?.first)
        settings.restore(earlier)
        try await settings.succeeds()
        #expect(vault.codes.state.page?.total == 0)
        settings.forgetEarlier()
        try await settings.succeeds()
        settings.loadEarlier()
        #expect(settings.state.earlier == [])
    }

    @Test func aBackupIsMadeSealedAndForgottenOnceItIsWritten() async throws {
        _ = try await phone.add(example)
        vault.openExport()
        guard case .export(let export) = try phone.top else { throw Wrong("no export is open") }
        export.make(form: .backup, password: nil)
        #expect(try await export.settled().trouble?.kind == .input)
        export.make(form: .backup, password: "a backup's password")
        try await export.succeeds()
        let file = try #require(export.state.files.first)
        #expect(!String(decoding: file.content, as: UTF8.self).contains("JBSWY3DP"))
        export.written()
        #expect(export.state.files.isEmpty)
        #expect(export.state.done)

        vault.settings.switchOnBackups(folder: phone.folder.path, password: "a backup's password", keep: 2)
        try await vault.settings.succeeds()
        #expect(vault.settings.state.page?.backupFolder == phone.folder.path)
        vault.settings.switchOffBackups()
        try await vault.settings.succeeds()
        #expect(vault.settings.state.page?.backupFolder == nil)
    }

    @Test func aPhraseThatWasNotWrittenDownDoesNotCount() async throws {
        vault.openPhrase()
        guard case .phrase(let phrase) = try phone.top else { throw Wrong("the phrase is not shown") }
        let asked = phrase.state.asked
        #expect(phrase.state.words.count == 12)
        phrase.writtenDown()
        #expect(phrase.state.words.isEmpty)
        phrase.typeBack(words: asked.map { _ in "wrong" })
        try await phrase.fails("phrase_not_confirmed")
        #expect(vault.settings.state.page?.waysToUnlock == [.password])
    }

    @Test func somethingElseIsSaidToBeSomethingElse() async throws {
        vault.openScan()
        guard case .scan(let scan) = try phone.top else { throw Wrong("the scanner is not open") }
        scan.text("https://example.org/")
        let item = try #require(scan.state.page.items.first)
        #expect(item.kind == .other)
        scan.settle(item: item.id)
        #expect(scan.state.page.items.isEmpty)
        scan.file(Data("no picture".utf8))
        #expect(try await scan.settled().trouble?.kind == .input)
        scan.dismiss()
        // A dark frame, read on the camera's own thread: what would help is said.
        await Task.detached {
            let grey = Data(repeating: 3, count: 640 * 480)
            scan.frame(luma: grey, width: 640, height: 480, rowStride: 640)
        }.value
        try await until { scan.state.page.hint == .tooDark }
    }
}

extension SettingsModel {
    fileprivate func keep(_ change: (AppSettings) -> AppSettings) async throws {
        guard let settings = state.page?.settings else { throw Wrong("there are no settings") }
        keep(change(settings))
        try await succeeds()
    }
}

extension AppSettings {
    fileprivate func with(hideCodes: Bool? = nil, lockIdleSeconds: UInt32? = nil) -> AppSettings {
        AppSettings(
            order: order, hideCodes: hideCodes ?? self.hideCodes, clipboardSeconds: clipboardSeconds,
            followServersClock: followServersClock, lockIdleSeconds: lockIdleSeconds ?? self.lockIdleSeconds,
            lockInBackground: lockInBackground, remindOfPasswordDays: remindOfPasswordDays)
    }
}
