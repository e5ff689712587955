// What a lock ends, and what waits for the vault to be opened.

@testable import AppModel
import CountersignCore
import Testing

extension WithServer {
    @MainActor
    @Suite struct LockingTests {
        let phone: TestPhone

        init() async throws {
            try await Party.network(up: true)
            phone = try TestPhone()
            try await phone.create()
        }

        @Test func aLockEndsWhatIsUnderWayAndNothingCanBeReadAnyMore() async throws {
            _ = try await phone.enrol(try await Party.link("ann whose phone locks"))
            let request = try await phone.ask("ann whose phone locks", verify: true)
            let open = OpenPrompt()
            phone.keys.prompt = open.prompt
            request.approve()
            await open.isOpen()
            let core = try phone.vault.core
            phone.app.inBackground()
            #expect(phone.app.isLocked)
            await open.wasEnded()
            #expect { try core.codes(search: "", tag: nil) } throws: { Trouble($0)?.code == "vault_locked" }
        }

        @Test func aLinkAndANotificationWaitUntilTheVaultIsOpen() async throws {
            phone.app.lock()
            phone.app.openLink("otpauth://totp/Example:ann?secret=JBSWY3DPEHPK3PXP&issuer=Example")
            phone.app.unlock(password: "correct horse")
            try await phone.app.succeeds()
            guard case .scan(let scan) = try phone.top else { throw Wrong("the link is not shown") }
            #expect(scan.state.page.items.map(\.issuer) == ["Example"])
            // Nothing was done with it: that is the person's to say.
            #expect(try phone.vault.core.entries().isEmpty)

            phone.app.lock()
            phone.app.openRequest(id: "019d3a00-0000-7000-8000-000000000000")
            phone.app.unlock(password: "correct horse")
            try await phone.app.succeeds()
            guard case .request(let request) = try phone.top else { throw Wrong("the request is not shown") }
            // Nobody asked that: it is said so, and not looked for for ever.
            try await until { request.state.ending != nil }
            #expect(request.state.ending == .gone)
        }

        @Test func aVaultThatWasOpenedWhileTheAppIsLeftIsLockedAgain() async throws {
            phone.app.lock()
            phone.app.inBackground()
            phone.app.unlock(password: "correct horse")
            _ = try await phone.app.settled()
            #expect(phone.app.isLocked)
        }

        @Test func anIdleAppLocksByItself() async throws {
            phone.app.tick()
            #expect(phone.app.isOpen)
            phone.app.touch()
            #expect(phone.app.isOpen)
            // Another part of the app has locked it: the next look says so.
            try phone.vault.core.lock()
            phone.app.tick()
            #expect(phone.app.isLocked)
        }
    }
}
