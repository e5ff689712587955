// The scenarios that both phones share, as they stand in tests/shells/scenarios.json.

import Foundation
import Testing

struct Scenario: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let steps: [[String: Value]]

    var testDescription: String { name }

    static func all() throws -> [Scenario] {
        let file = try Party.root.appendingPathComponent("tests/shells/scenarios.json")
        return try JSONDecoder().decode([Scenario].self, from: Data(contentsOf: file))
    }
}
