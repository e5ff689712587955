// What a person is told when something did not work.

import CountersignCore

/// What sort of screen an error needs.
public enum TroubleKind: Sendable {
    case unlock, vault, input, network, server, refused, keys, unexpected
}

/// What went wrong. `code` is stable: a catalogue may have better words for it than the English `sentence`.
public struct Trouble: Error, Equatable {
    public let kind: TroubleKind
    public let code: String
    public let sentence: String

    public init(kind: TroubleKind, code: String, sentence: String) {
        self.kind = kind
        self.code = code
        self.sentence = sentence
    }

    /// None when the person closed a prompt, or went away: then nothing has to be said.
    public init?(_ error: any Error) {
        if error is CancellationError { return nil }
        guard let error = error as? CoreError else {
            self = error as? Trouble ?? .unexpected
            return
        }
        switch error {
        case .Cancelled: return nil
        case .Unlock(let code, let sentence): self.init(kind: .unlock, code: code, sentence: sentence)
        case .Vault(let code, let sentence): self.init(kind: .vault, code: code, sentence: sentence)
        case .Input(let code, let sentence): self.init(kind: .input, code: code, sentence: sentence)
        case .Network(let code, let sentence): self.init(kind: .network, code: code, sentence: sentence)
        case .Server(let code, let sentence): self.init(kind: .server, code: code, sentence: sentence)
        case .Refused(let code, let sentence): self.init(kind: .refused, code: code, sentence: sentence)
        case .Keys(let code, let sentence): self.init(kind: .keys, code: code, sentence: sentence)
        }
    }

    /// What was thrown may hold paths and data, so nothing of it is shown.
    public static let unexpected = Trouble(
        kind: .unexpected,
        code: "unexpected",
        sentence: "Something in the app went wrong. Try again; if it does again, close the app and open it anew."
    )
}

/// Whether a model is at work, and how its last piece of work ended.
public enum Doing: Sendable, Equatable {
    case nothing
    case working
    case failed(Trouble)

    /// What went wrong, until it was read.
    public var trouble: Trouble? {
        guard case .failed(let trouble) = self else { return nil }
        return trouble
    }
}
