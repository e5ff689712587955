// A prompt that stays open until the app gives it up.

@testable import AppModel

final class OpenPrompt: Sendable {
    private let opened = AsyncStream.makeStream(of: Void.self)
    private let ended = AsyncStream.makeStream(of: Void.self)

    /// What the phone's owner does: nothing at all.
    var prompt: SoftKeys.Prompt {
        { [opened, ended] in
            opened.continuation.yield()
            let (never, hold) = AsyncStream.makeStream(of: Void.self)
            for await _ in never {}
            withExtendedLifetime(hold) {}
            ended.continuation.yield()
            try Task.checkCancellation()
        }
    }

    func isOpen() async { for await _ in opened.stream { return } }
    func wasEnded() async { for await _ in ended.stream { return } }
}
