// What a person is told: one sentence, and nothing of what an app throws by mistake.

@testable import AppModel
import CountersignCore
import Testing

@Suite struct TroubleTests {
    @Test func anUnexpectedErrorIsToldWithoutWhatIsInIt() {
        struct Leaking: Error, CustomStringConvertible {
            let description = "at Secret.open(/private/var/Secret.swift:7)"
        }
        #expect(Trouble(Leaking()) == .unexpected)
    }

    @Test func whoClosedAPromptIsToldNothing() {
        #expect(Trouble(CoreError.Cancelled(code: "key_cancelled", sentence: "cancelled")) == nil)
        #expect(Trouble(CancellationError()) == nil)
    }
}
