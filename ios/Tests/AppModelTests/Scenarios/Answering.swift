// The steps about answers: given, ruled for the future, and given without a network.

@testable import AppModel
import CountersignCore
import Foundation

extension Player {
    func answer(_ word: String) async throws {
        let model = try model()
        switch word {
        case "rule":
            model.askForRule()
            try await outcome(model)
            let rule = RuleOffer(application: try text("application"), network: try text("network"))
            try equal(model.state.rule, rule)
            model.remember(days: UInt32(try number("days")))
        case "type_code":
            guard let code = model.state.code else { throw Wrong("no code is shown") }
            _ = try await Party.ask("/verify", ["id": .text(try id()), "code": .text(code)])
            // What came of it is asked each second.
            phone.app.tick()
        case "approve":
            try await approve(model)
        case "deny":
            model.deny()
            try await outcome(model)
        default:
            model.report()
            try await outcome(model)
        }
    }

    private func approve(_ model: RequestModel) async throws {
        let right = asked["number"]?.text
        switch step["number"]?.text {
        case "asked": model.number(right ?? "")
        case "wrong": model.number(right == "11" ? "22" : "11")
        default: break
        }
        try must(model.state.canApprove, "it cannot be approved yet")
        model.approve()
        try await outcome(model)
        if model.state.request?.shows != nil { try must(model.state.code != nil, "no code is shown") }
    }

    func rules(_ word: String) async throws {
        let account = try await openFirst()
        account.loadRules()
        try await account.succeeds()
        if word == "end_rule" {
            guard let first = account.state.rules?.first else { throw Wrong("there is no rule") }
            account.endRule(first.id)
            try await outcome(account)
        } else {
            try equal(account.state.rules?.count, try number("count"))
        }
        try vault.back()
    }

    func offline(_ word: String) async throws {
        if word == "sign_in" {
            let seconds = step["seconds"] ?? .number(600)
            asked = try await Party.ask("/sign-in", ["user": .text(try user()), "seconds": seconds])
            return
        }
        try vault.openScan()
        guard case .scan(let scan) = try phone.top else { throw Wrong("the scanner is not open") }
        if step["forged"]?.yes == true {
            scan.text(asked["forged"]?.text ?? "")
        } else {
            guard let picture = Data(base64Encoded: asked["picture"]?.text ?? "") else { throw Wrong("no picture") }
            scan.file(picture)
            try await scan.succeeds()
        }
        guard let item = scan.state.page.items.first else { throw Wrong("nothing was found in the picture") }
        scan.approveOffline(item: item.id)
        try await outcome(scan)
        guard step["fails"] == nil else { return try vault.back() }
        try await approveWithoutNetwork()
        try vault.back()
    }

    private func approveWithoutNetwork() async throws {
        guard case .offline(let model) = try phone.top else { throw Wrong("the sign-in is not shown") }
        model.approve()
        try await model.succeeds()
        guard let digits = model.state.digits else { throw Wrong("no digits are shown") }
        try must(model.state.secondsLeft > 0, "no time is left")
        let typed = ["page": asked["page"] ?? Value.none, "digits": Value.text(digits.code)]
        try equal(try await Party.ask("/type", typed)["status"]?.text, "approved")
    }
}
