// Plays every scenario that both phones share.

import Testing

extension WithServer {
    @MainActor
    @Suite struct ScenarioTests {
        @Test(arguments: try Scenario.all())
        func scenario(_ scenario: Scenario) async throws {
            try await Party.network(up: true)
            let player = try Player(scenario: scenario.name)
            for step in scenario.steps {
                do { try await player.play(step) } catch { throw Wrong("at \(step): \(error)") }
            }
        }
    }
}
