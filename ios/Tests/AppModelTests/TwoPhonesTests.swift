// One person, two phones; and a phone that was restored from a copy, which has the vault and none of its keys.

@testable import AppModel
import CountersignCore
import Testing

extension WithServer {
    @MainActor
    @Suite struct TwoPhonesTests {
        let one: TestPhone
        let other: TestPhone

        init() async throws {
            try await Party.network(up: true)
            one = try TestPhone()
            other = try TestPhone()
            try await one.create()
            try await other.create()
        }

        @Test func whatOnePhoneHasAnsweredTheOtherSaysWasAnsweredElsewhere() async throws {
            for phone in [one, other] { _ = try await phone.enrol(try await Party.link("bob with two phones")) }
            let here = try await one.ask("bob with two phones")
            let there = try await other.request(here.id)
            here.deny()
            try await here.succeeds()
            #expect(here.state.ending == .denied)
            try await until { there.state.ending != nil }
            #expect(there.state.ending == .deniedElsewhere)
        }

        @Test func anotherPhoneTakesAnAccountOver() async throws {
            let enrolled = try await one.enrol(try await Party.link("ann with a new phone"))
            try one.vault.openAccount(id: enrolled.account.id)
            guard case .account(let account) = try one.top else { throw Wrong("the account is not open") }
            account.transfer()
            try await account.succeeds()
            _ = try await other.enrol(try #require(account.state.successor).link, name: "New phone")
            let devices = try await Party.ask("/devices", ["user": .text("ann with a new phone")])["devices"]?.list
            #expect(devices?.map { $0.members?["name"] } == [.text("New phone")])
        }

        @Test func aRestoredPhoneSaysThatItsAccountsMustBeEnrolledAgain() async throws {
            let user = "ann with a restored phone"
            _ = try await one.enrol(try await Party.link(user))
            one.restart()
            one.keys.lose()
            one.app.unlock(password: "correct horse")
            try await one.app.succeeds()
            let inbox = try one.vault.inbox
            try await until { inbox.state.inbox?.troubles.isEmpty == false }
            #expect(
                inbox.state.inbox?.troubles.first?.sentence.contains("enrol the account on this device again") == true)
            let asked = try await Party.ask("/ask", ["user": .text(user)])
            one.app.openRequest(id: try #require(asked["id"]?.text))
            guard case .request(let request) = try one.top else { throw Wrong("the request is not shown") }
            // It cannot be found without a key: that is said, with what to do about it, and not looked for for ever.
            try await until { request.doing.trouble != nil }
            #expect(request.state.ending == nil)
            try one.vault.back()
            // A new invitation makes it whole.
            _ = try await one.enrol(try await Party.link(user))
        }
    }
}
