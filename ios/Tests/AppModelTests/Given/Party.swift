// The relying party that tests/shells/run has started; tests/shells/README.md says what it can be asked.

import Foundation
import FoundationNetworking

enum Party {
    /// The repository.
    static var root: URL { get throws { URL(fileURLWithPath: try variable("COUNTERSIGN_SHELL_ROOT")) } }

    /// Asks it for one thing.
    static func ask(_ path: String, _ members: [String: Value]) async throws -> [String: Value] {
        guard let url = URL(string: try variable("COUNTERSIGN_SHELL_PARTY") + path) else { throw Wrong("no address") }
        var request = URLRequest(url: url, timeoutInterval: 90)
        request.httpMethod = "POST"
        request.httpBody = try JSONEncoder().encode(members)
        let (body, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            throw Wrong("\(path): \(String(decoding: body, as: UTF8.self))")
        }
        return try JSONDecoder().decode([String: Value].self, from: body)
    }

    static func link(_ user: String) async throws -> String {
        guard let link = try await ask("/link", ["user": .text(user)])["link"]?.text else { throw Wrong("no link") }
        return link
    }

    static func network(up: Bool) async throws {
        _ = try await ask("/network", ["up": .yes(up)])
    }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else {
            throw Wrong("there is no \(name): run the tests by tests/shells/run")
        }
        return value
    }
}

/// A value of JSON, as far as the scenarios have them.
enum Value: Codable, Sendable, Equatable {
    case none, text(String), number(Int), yes(Bool), list([Value]), members([String: Value])

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int? { if case .number(let number) = self { number } else { nil } }
    var yes: Bool? { if case .yes(let yes) = self { yes } else { nil } }
    var list: [Value]? { if case .list(let list) = self { list } else { nil } }
    var members: [String: Value]? { if case .members(let members) = self { members } else { nil } }

    init(from decoder: any Decoder) throws {
        let one = try decoder.singleValueContainer()
        if one.decodeNil() {
            self = .none
        } else if let yes = try? one.decode(Bool.self) {
            self = .yes(yes)
        } else if let number = try? one.decode(Int.self) {
            self = .number(number)
        } else if let text = try? one.decode(String.self) {
            self = .text(text)
        } else if let list = try? one.decode([Value].self) {
            self = .list(list)
        } else {
            self = .members(try one.decode([String: Value].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var one = encoder.singleValueContainer()
        switch self {
        case .none: try one.encodeNil()
        case .text(let text): try one.encode(text)
        case .number(let number): try one.encode(number)
        case .yes(let yes): try one.encode(yes)
        case .list(let list): try one.encode(list)
        case .members(let members): try one.encode(members)
        }
    }
}
