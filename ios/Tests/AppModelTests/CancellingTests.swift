// The person does not want to wait any more.

@testable import AppModel
import CountersignCore
import Foundation
import Testing

extension WithServer {
    @MainActor
    @Suite struct CancellingTests {
        let phone: TestPhone

        init() async throws {
            try await Party.network(up: true)
            phone = try TestPhone()
            try await phone.create()
        }

        @Test func aPromptThatIsGivenUpIsClosedAndTheRequestCanStillBeAnswered() async throws {
            _ = try await phone.enrol(try await Party.link("ann who gives up"))
            let request = try await phone.ask("ann who gives up", verify: true)
            let open = OpenPrompt()
            phone.keys.prompt = open.prompt
            request.approve()
            await open.isOpen()
            #expect(request.doing == .working)
            request.cancel()
            #expect(request.doing == .nothing)
            await open.wasEnded()
            #expect(request.state.ending == nil)
            phone.keys.prompt = SoftKeys.confirmed
            request.approve()
            try await request.succeeds()
            #expect(request.state.ending == .approved)
        }

        @Test func aPromptThatIsConfirmedTooLateApprovesNothing() async throws {
            _ = try await phone.enrol(try await Party.link("bob who is late"))
            let request = try await phone.ask("bob who is late", verify: true)
            let open = OpenPrompt()
            let confirmed = open.prompt
            // A phone's own prompt does not hear of it: the person confirms after all.
            phone.keys.prompt = { try? await confirmed() }
            request.approve()
            await open.isOpen()
            request.cancel()
            await open.wasEnded()
            phone.keys.prompt = SoftKeys.confirmed
            // It still waits, and can be denied.
            request.deny()
            try await request.succeeds()
            #expect(request.state.ending == .denied)
        }

        @Test func aFileThatTakesLongIsGivenUp() async throws {
            try phone.vault.openImport()
            guard case .import(let model) = try phone.top else { throw Wrong("no import is open") }
            let path = try Party.root.appendingPathComponent("core/src/transfer/aegis/fixtures/encrypted.json")
            let quick = try String(contentsOf: path, encoding: .utf8)
            let slow = quick.replacing(try Regex("\"n\":\\s*1024"), with: "\"n\":262144")
            #expect(slow != quick)
            model.read(file: Data(slow.utf8))
            try await model.succeeds()
            #expect(model.state.step == .password)
            model.password("test-pass")
            #expect(model.doing == .working)
            model.cancel()
            #expect(model.doing == .nothing)
            #expect(model.state.step == .password)
            // Nothing of it holds up what comes next.
            model.read(file: Data(quick.utf8))
            try await model.succeeds()
            model.password("test-pass")
            try await model.succeeds()
            #expect(model.state.step == .plan)
        }
    }
}
