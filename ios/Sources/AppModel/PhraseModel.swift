// Draws a recovery phrase, and lets it unlock the vault once the person has shown to have written it down.

import CountersignCore

/// How far a recovery phrase is.
public enum PhraseStep: Sendable {
    case writeDown, typeBack, done
}

public struct PhraseState: Sendable {
    public internal(set) var step = PhraseStep.writeDown
    /// The twelve words, while they are to be written down; shown once and kept nowhere.
    public internal(set) var words: [String] = []
    /// Which words have to be typed back: positions from 1.
    public internal(set) var asked: [UInt32] = []
}

@MainActor
public final class PhraseModel: Model<PhraseState> {
    private weak var vault: OpenVault?
    private let core: CountersignCore
    private var phrase: RecoveryPhrase?

    init(vault: OpenVault) {
        self.vault = vault
        core = vault.core
        super.init(PhraseState())
        draw()
    }

    /// Another one: the one before never counted.
    public func draw() {
        now {
            let drawn = try RecoveryPhrase.draw()
            phrase = drawn
            state = PhraseState(words: drawn.words(), asked: drawn.asked())
        }
    }

    public func writtenDown() {
        state = PhraseState(step: .typeBack, asked: state.asked)
    }

    /// The asked words, in the order in which they were asked for.
    public func typeBack(words: [String]) {
        guard let phrase else { return }
        work { [core, vault] in
            try await core.setPhrase(phrase: phrase, typed: words)
            self.phrase = nil
            self.state = PhraseState(step: .done)
            vault?.settings.refresh()
        }
    }
}
