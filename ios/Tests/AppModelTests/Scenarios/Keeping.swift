// The steps about codes, the vault's lock, and imports.

@testable import AppModel
import CountersignCore
import Foundation

extension Player {
    func code(_ word: String) async throws {
        let codes = try vault.codes
        switch word {
        case "add":
            let added = try await phone.add(try text("link"))
            try equal(added.alreadyThere, step["already_there"]?.yes == true)
        case "codes":
            let count = step["added"]?.yes == true ? added : try number("count")
            try await until { codes.state.page?.rows.count == count }
        case "search":
            let (words, count) = (try text("words"), try number("count"))
            codes.search(words)
            try await until { codes.state.page?.query == words && codes.state.page?.rows.count == count }
        case "code":
            // Asked first: the codes of the steps before and after stand beside that of now.
            let right = try await Party.ask("/codes", ["secret": .text(try text("secret"))])["codes"]?.list ?? []
            codes.refresh()
            try must(right.contains(.text(try row().code ?? "")), "the code is not one of \(right)")
        case "copy":
            let before = try row()
            codes.copy(entry: before.id)
            try await outcome(codes)
            try equal(phone.clipboard.wipeAfterSeconds, 30)
            try must([before.code, before.next].contains(phone.clipboard.code), "another code was copied")
        default:
            codes.next(entry: try row().id)
            try await outcome(codes)
            try equal(codes.state.revealed[try row().id]?.code, try text("code"))
        }
    }

    private func row() throws -> Code {
        let issuer = try text("issuer")
        guard let row = try vault.codes.state.page?.rows.first(where: { $0.issuer == issuer }) else {
            throw Wrong("there is no entry of \(issuer)")
        }
        return row
    }

    func lock(_ word: String) async throws {
        let app = phone.app
        switch word {
        case "lock":
            app.lock()
            try await until { app.isLocked }
        case "background": app.inBackground()
        case "front": app.inFront()
        case "locked": try await until { app.isLocked }
        case "unlock":
            app.unlock(password: try text("password"))
            try await outcome(app)
        case "unlock_by_phrase":
            app.unlockByPhrase(phrase: phrase)
            try await outcome(app)
        default:
            app.unlockByPhone()
            try await outcome(app)
        }
    }

    func way(_ word: String) async throws {
        switch word {
        case "phrase":
            try vault.openPhrase()
            guard case .phrase(let model) = try phone.top else { throw Wrong("the phrase is not shown") }
            try await model.succeeds()
            let shown = model.state
            phrase = shown.words.joined(separator: " ")
            model.writtenDown()
            model.typeBack(words: shown.asked.map { shown.words[Int($0) - 1] })
            try await outcome(model)
            try equal(model.state.step, .done)
            try vault.back()
        case "switch_on_phone":
            let settings = try vault.settings
            settings.unlockByPhone()
            try await outcome(settings)
        case "lose_keys": phone.keys.lose()
        case "key_lost": try must(phone.app.keyLost, "it is not said that the key is gone")
        default:
            switch try text("is") {
            case "confirmed": phone.keys.prompt = SoftKeys.confirmed
            case "cancelled": phone.keys.prompt = SoftKeys.closed
            case let other: throw Wrong("there is no prompt \(other)")
            }
        }
    }

    func imported(_ word: String) async throws {
        if word == "import" { try vault.openImport() }
        guard case .import(let model) = try phone.top else { throw Wrong("no import is open") }
        switch word {
        case "import": model.read(file: try Data(contentsOf: Party.root.appendingPathComponent(try text("file"))))
        case "import_asks": try equal("\(model.state.step)", try text("for"))
        case "import_password": model.password(try text("password"))
        default: model.confirm()
        }
        try await outcome(model)
        guard word == "import_confirm" else { return }
        try equal(model.state.step, .done)
        added = model.state.items.filter { $0.fate == .added }.count
        try must(added > 0, "nothing was added")
    }
}
