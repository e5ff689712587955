// The vault on the phone: created, locked, unlocked in each way, restored without its key, damaged.

@testable import AppModel
import CountersignCore
import Foundation
import Testing

@MainActor
@Suite(.timeLimit(.minutes(2))) struct VaultTests {
    let phone: TestPhone

    init() throws { phone = try TestPhone() }

    @Test func firstUseHasNoVault() {
        phone.app.start()
        #expect(phone.app.hasNoVault)
    }

    @Test func whatWasCreatedIsLockedAndUnlocked() async throws {
        try await phone.create(byPhone: true)
        phone.app.lock()
        #expect(Set(try #require(phone.app.ways)) == [.password, .keyStore])
        #expect(!phone.app.keyLost)

        phone.app.unlockByPhone()
        try await until { phone.app.isOpen }
        phone.app.lock()
        phone.app.unlock(password: "wrong")
        try await phone.app.fails("wrong_password")
        #expect(phone.app.isLocked)
        phone.app.unlock(password: "correct horse")
        try await until { phone.app.isOpen }
    }

    @Test func aClosedPromptLeavesItLocked() async throws {
        try await phone.create(byPhone: true)
        phone.app.lock()
        phone.keys.prompt = SoftKeys.closed
        phone.app.unlockByPhone()
        #expect(try await phone.app.settled() == .nothing, "nothing is told of a prompt that the person closed")
        #expect(phone.app.isLocked)
        #expect(!phone.app.keyLost)
    }

    @Test func aWidgetThatAsksForTheScannerOfALockedVaultGetsItOnceItIsOpen() async throws {
        try await phone.create()
        phone.app.lock()
        phone.app.openScan()
        #expect(phone.app.isLocked)
        phone.app.unlock(password: "correct horse")
        try await phone.app.succeeds()
        guard case .scan = try phone.top else { throw Wrong("the scanner is not open") }
        // Asked for once, it is not opened again by the next unlocking.
        phone.app.lock()
        phone.app.unlock(password: "correct horse")
        try await phone.app.succeeds()
        #expect(try phone.vault.state.screens.isEmpty)
    }

    @Test func aRestoredPhoneSaysThatItsKeyIsGoneAndOpensWithThePassword() async throws {
        try await phone.create(byPhone: true)
        phone.restart()
        phone.keys.lose()
        phone.app.unlockByPhone()
        try await until { phone.app.doing.trouble != nil }
        #expect(phone.app.keyLost)
        #expect(try #require(phone.app.ways).contains(.password))
        #expect(phone.app.doing.trouble?.sentence.contains("password") == true)

        phone.app.unlock(password: "correct horse")
        try await until { phone.app.isOpen }
        #expect(phone.app.keyLost)
        let settings = try phone.vault.settings
        settings.unlockByPhone()
        try await settings.succeeds()
        #expect(!phone.app.keyLost)
        phone.app.lock()
        phone.app.unlockByPhone()
        try await until { phone.app.isOpen }
    }

    @Test func aRestoredPhoneWithNoOtherWayLeadsToRecovery() async throws {
        let vault = try await phone.create(byPhone: true)
        vault.settings.removeWay(.password)
        try await vault.settings.succeeds()
        phone.restart()
        phone.keys.lose()
        phone.app.unlockByPhone()
        try await until { phone.app.recovery != nil }
        let recovery = try #require(phone.app.recovery)
        #expect(recovery.state.reason.code == "vault_key_lost")
        #expect(phone.app.doing != .working)
        recovery.unlockByPhone()
        #expect(try await recovery.settled().trouble?.code == "vault_key_lost")
        recovery.startAnew()
        try await until { phone.app.hasNoVault }
    }

    @Test func aDamagedVaultLeadsToRecovery() async throws {
        try await phone.create()
        _ = try await phone.add("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example")
        phone.app.lock()
        let whole = try Data(contentsOf: URL(fileURLWithPath: phone.vaultPath))
        try whole.dropLast(1).write(to: URL(fileURLWithPath: phone.vaultPath))
        phone.restart()
        let recovery = try #require(phone.app.recovery)
        #expect(recovery.state.reason.code == "vault_corrupt")
        #expect(!recovery.state.earlier.isEmpty)

        recovery.unlock(password: "correct horse", from: recovery.state.earlier.first)
        try await recovery.succeeds()
        #expect(recovery.state.findings?.damaged == 0)
        recovery.save(password: "another horse")
        try await recovery.succeeds()
        #expect(phone.app.isLocked)
        phone.app.unlock(password: "another horse")
        try await until { phone.app.isOpen }
        // The damaged file is still there.
        let aside = phone.folder.appendingPathComponent("vault.db.aside-1/vault.db").path
        #expect(FileManager.default.fileExists(atPath: aside))
    }

    @Test func aVaultFromTheFutureIsPutAsideOnlyByThePerson() async throws {
        try Data("no vault".utf8).write(to: URL(fileURLWithPath: phone.vaultPath))
        phone.app.start()
        let recovery = try #require(phone.app.recovery)
        recovery.tryAgain()
        let again = try #require(phone.app.recovery)
        again.startAnew()
        try await again.succeeds()
        #expect(phone.app.hasNoVault)
    }

    @Test func aBrokenKeyStoreIsToldInOneSentence() async throws {
        phone.keys.prompt = SoftKeys.broken
        try await phone.create(byPhone: true)
        let trouble = phone.app.doing.trouble
        #expect(trouble != nil)
        #expect(trouble?.sentence.contains("Secret") == false)
        #expect(trouble?.sentence.contains("\n") == false)
        // What does not need the key works.
        #expect(phone.app.isOpen)
    }

    @Test func leavingTheAppLocksItWhenThePersonWantsThat() async throws {
        let vault = try await phone.create()
        phone.app.inBackground()
        #expect(phone.refresh.scheduled == 1)
        let settings = vault.settings
        let page = try #require(settings.state.page)
        #expect(page.settings.lockInBackground == phone.app.isLocked)
    }
}
