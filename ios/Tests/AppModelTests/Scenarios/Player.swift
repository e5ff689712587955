// Plays the steps of one scenario on a phone of its own. tests/shells/README.md says what each step means.

@testable import AppModel
import CountersignCore
import Foundation

@MainActor
final class Player {
    let phone: TestPhone
    private let scenario: String
    private(set) var step: [String: Value] = [:]
    /// What the relying party said of the request that it has asked.
    var asked: [String: Value] = [:]
    /// Who asks, where it is not the usual application.
    var application: Value?
    var phrase = ""
    /// How many entries the import has added.
    var added = 0

    init(scenario: String) throws {
        self.scenario = scenario
        phone = try TestPhone()
    }

    var vault: OpenVault { get throws { try phone.vault } }

    func play(_ step: [String: Value]) async throws {
        self.step = step
        let word = try text("do")
        switch word {
        case "create":
            try await phone.create(password: try text("password"))
            try await phone.app.succeeds()
        case "enrol", "accounts", "rename", "remove", "devices": try await account(word)
        case "application", "ask", "asked", "see", "ending", "result", "cancel", "history": try await request(word)
        case "rule", "approve", "type_code", "deny", "report": try await answer(word)
        case "rules", "end_rule": try await rules(word)
        case "sign_in", "offline": try await offline(word)
        case "add", "codes", "code", "copy", "next", "search": try await code(word)
        case "lock", "background", "front", "locked", "unlock", "unlock_by_phrase", "unlock_by_phone":
            try await lock(word)
        case "phrase", "switch_on_phone", "lose_keys", "key_lost", "prompt": try await way(word)
        case "import", "import_asks", "import_password", "import_confirm": try await imported(word)
        case "network": try await Party.network(up: step["up"]?.yes == true)
        default: throw Wrong("there is no step \(word)")
        }
    }

    /// The model has done what it was told, or could not for the reason that the step names.
    func outcome<State>(_ model: Model<State>) async throws {
        if let code = step["fails"]?.text { try await model.fails(code) } else { try await model.succeeds() }
    }

    /// Scenarios share nobody.
    func user() throws -> String { "\(try text("user")), \(scenario)" }

    func text(_ name: String) throws -> String {
        guard let text = step[name]?.text else { throw Wrong("the step has no \(name)") }
        return text
    }

    func number(_ name: String) throws -> Int {
        guard let number = step[name]?.number else { throw Wrong("the step has no \(name)") }
        return number
    }

    func equal<Thing: Equatable>(_ one: Thing, _ other: Thing) throws {
        guard one == other else { throw Wrong("\(one) is not \(other)") }
    }

    func must(_ holds: Bool, _ what: String) throws {
        guard holds else { throw Wrong(what) }
    }
}
