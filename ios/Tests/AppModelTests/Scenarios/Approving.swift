// The steps about accounts and requests.

@testable import AppModel
import CountersignCore

extension Player {
    func account(_ word: String) async throws {
        switch word {
        case "enrol":
            let enrolled = try await phone.enrol(try await Party.link(try user()), name: step["name"]?.text)
            try equal(try await devices("confirmation_code"), [.text(enrolled.confirmationCode)])
        case "accounts":
            let (accounts, count) = (try vault.accounts, try number("count"))
            try await until { accounts.state.accounts?.count == count }
        case "rename":
            let first = try await openFirst()
            first.rename(deviceName: try text("name"))
            try await outcome(first)
            try vault.back()
        case "remove":
            let first = try await openFirst()
            first.remove(evenIfServerIsGone: step["even_if_server_is_gone"]?.yes == true)
            try await outcome(first)
            if step["fails"] != nil { try must(first.state.serverIsGone, "it is not said that the server is gone") }
            try vault.show(.accounts)
        default:
            try equal(try await devices("name"), step["names"]?.list ?? [])
        }
    }

    private func devices(_ member: String) async throws -> [Value?] {
        let devices = try await Party.ask("/devices", ["user": .text(try user())])["devices"]?.list ?? []
        return devices.map { $0.members?[member] }
    }

    func openFirst() async throws -> AccountModel {
        let accounts = try vault.accounts
        try await until { accounts.state.accounts?.isEmpty == false }
        guard let first = accounts.state.accounts?.first else { throw Wrong("there is no account") }
        try vault.openAccount(id: first.id)
        guard case .account(let model) = try phone.top else { throw Wrong("the account is not open") }
        return model
    }

    func request(_ word: String) async throws {
        switch word {
        case "ask":
            var members = step
            members["do"] = nil
            members["user"] = .text(try user())
            members["application"] = application
            asked = try await Party.ask("/ask", members)
        case "application":
            application = try await Party.ask("/application", ["policy": step["policy"] ?? Value.none])["application"]
        case "asked": try equal(asked["status"]?.text, try text("is"))
        case "see":
            let model = try await phone.request(try id())
            guard let request = model.state.request else { throw Wrong("the request is not shown") }
            if let message = step["message"]?.text { try equal(request.message, message) }
            try equal(request.digits.map(Int.init), step["digits"]?.number)
            try equal(request.options?.count, step["options"]?.number)
            try equal(request.shows.map(Int.init), step["shows"]?.number)
            try must(model.state.secondsLeft > 0, "no time is left")
        case "ending":
            let model = try model()
            guard let wanted = step["is"]?.text else { return try equal(model.state.ending, nil) }
            try await until { model.state.ending != nil }
            try equal(model.state.ending.map(Self.word), wanted)
        case "result":
            try equal(try await Party.ask("/result", ["id": .text(try id())])["status"]?.text, try text("is"))
        case "cancel":
            _ = try await Party.ask("/cancel", ["id": .text(try id())])
        default:
            try vault.openHistory()
            guard case .history(let history) = try phone.top else { throw Wrong("the history is not open") }
            try await history.succeeds()
            try equal(history.state.answers.count, try number("count"))
            try equal(history.state.answers.first?.decision, try text("decision"))
            try vault.back()
        }
    }

    func id() throws -> String {
        guard let id = asked["id"]?.text else { throw Wrong("nothing was asked") }
        return id
    }

    func model() throws -> RequestModel {
        guard case .request(let model) = try phone.top else { throw Wrong("no request is open") }
        return model
    }

    /// As the scenarios write it: `approvedElsewhere` is `approved_elsewhere`.
    private nonisolated static func word(_ ending: Ending) -> String {
        "\(ending)".map { $0.isUppercase ? "_\($0.lowercased())" : "\($0)" }.joined()
    }
}
