// The other ways to answer: a code that is shown, a number that is picked, a rule for next time.

import CountersignCore
import Testing

@testable import AppModel

extension WithServer {
    @MainActor
    @Suite struct AnsweringTests {
        let phone: TestPhone

        init() async throws {
            try await Party.network(up: true)
            phone = try TestPhone()
            try await phone.create()
        }

        @Test func aCodeIsShownUntilItWasTypedIntoTheLoginPage() async throws {
            let (_, request) = try await asked("ann who shows a code", "number_kind=show", ["number": .yes(true)])
            #expect(request.state.request?.shows != nil)
            request.approve()
            try await request.succeeds()
            let code = try #require(request.state.code)
            #expect(!request.state.canApprove)
            let typed = try await Party.ask("/verify", ["id": .text(request.id), "code": .text(code)])
            #expect(typed["status"] == .text("approved"))
            // What came of it is asked each second.
            phone.app.tick()
            try await until { request.state.ending != nil }
            #expect(request.state.ending == .approved)
            #expect(request.state.code == nil)
            try await request.succeeds()
        }

        @Test func oneOfThreeNumbersIsPickedAlsoInOtherDigits() async throws {
            let (sent, request) = try await asked("bob who picks", "number_kind=pick", ["number": .yes(true)])
            let number = try #require(sent["number"]?.text)
            #expect(request.state.request?.options?.contains(number) == true)
            #expect(!request.state.canApprove)
            request.number("\(number)\(number)")
            #expect(!request.state.canApprove)
            // As an Arabic keyboard types it.
            let digits = Array("٠١٢٣٤٥٦٧٨٩")
            request.number(String(number.map { digits[$0.wholeNumberValue ?? 0] }))
            #expect(request.state.number == number)
            request.approve()
            try await request.succeeds()
            #expect(request.state.ending == .approved)
        }

        @Test func aRuleApprovesTheNextSignInUntilItIsEnded() async throws {
            let how: [String: Value] = ["ip": .text("192.0.2.7")]
            let (sent, request) = try await asked("ann with a rule", "auto_accept=on", how)
            request.askForRule()
            try await request.succeeds()
            #expect(request.state.rule == RuleOffer(application: "Payroll", network: "192.0.2.7/32"))
            request.remember(days: 3)
            request.approve()
            try await request.succeeds()
            let question = try #require(sent["question"]?.members)
            #expect(try await Party.ask("/ask", question)["status"] == .text("approved"))

            try phone.vault.openAccount(id: try #require(try phone.vault.core.accounts().first).id)
            guard case .account(let account) = try phone.top else { throw Wrong("the account is not open") }
            account.loadRules()
            try await account.succeeds()
            let rule = try #require(account.state.rules?.first)
            account.loadHistory()
            try await account.succeeds()
            #expect(account.state.history?.contains { $0.byRule } == true)
            account.endRule(rule.id)
            try await account.succeeds()
            #expect(account.state.rules == [])
            #expect(try await Party.ask("/ask", question)["status"] == .text("pending"))
        }

        /// Is asked by an application of its own, with this policy. The reply has the question too, to be asked again.
        private func asked(
            _ user: String, _ policy: String, _ how: [String: Value]
        ) async throws -> ([String: Value], RequestModel) {
            _ = try await phone.enrol(try await Party.link(user))
            let made = try await Party.ask("/application", ["policy": .list([.text(policy)])])
            var question = how
            question["user"] = .text(user)
            question["application"] = made["application"]
            var sent = try await Party.ask("/ask", question)
            sent["question"] = .members(question)
            return (sent, try await phone.request(try #require(sent["id"]?.text)))
        }
    }
}
