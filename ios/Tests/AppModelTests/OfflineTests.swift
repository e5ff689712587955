// A sign-in that was scanned: its digits, and what is left of them.

import Foundation
import Testing

@testable import AppModel

extension WithServer {
    @MainActor
    @Suite struct OfflineTests {
        @Test func digitsAreShownForAsLongAsTheyAreGoodAndNoLonger() async throws {
            try await Party.network(up: true)
            let phone = try TestPhone()
            try await phone.create()
            _ = try await phone.enrol(try await Party.link("ann without a network"))
            let question: [String: Value] = ["user": .text("ann without a network"), "seconds": .number(120)]
            let asked = try await Party.ask("/sign-in", question)
            try phone.vault.openScan()
            guard case .scan(let scan) = try phone.top else { throw Wrong("the scanner is not open") }
            scan.file(try #require(Data(base64Encoded: asked["picture"]?.text ?? "")))
            try await scan.succeeds()
            scan.approveOffline(item: try #require(scan.state.page.items.first).id)
            try await scan.succeeds()
            guard case .offline(let model) = try phone.top else { throw Wrong("the sign-in is not shown") }
            #expect(model.state.request.user == "ann without a network")
            #expect(model.state.digits == nil)

            model.approve()
            let shown = try #require(model.state.digits)
            #expect(shown.code.count == 8)
            #expect(shown.grouped.filter { $0 != " " } == shown.code)
            phone.watch.pass(seconds: model.state.secondsLeft - 1)
            phone.app.tick()
            #expect(model.state.secondsLeft == 1)
            #expect(model.state.digits == shown)
            phone.watch.pass(seconds: 1)
            phone.app.tick()
            #expect(model.state.secondsLeft == 0)
            #expect(model.state.digits == nil)
        }
    }
}
