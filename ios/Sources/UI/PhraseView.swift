// A new recovery phrase: written down, typed back, done. It is shown once.

import AppModel
import SwiftUI

struct PhraseView: View {
    let model: PhraseModel
    let vault: OpenVault
    @State private var typed: [UInt32: String] = [:]

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            switch state.step {
            case .writeDown:
                Section(words("phrase_text")) {
                    ForEach(Array(state.words.enumerated()), id: \.offset) { at, word in
                        Fact(label: words("phrase_word", at + 1), value: word).privacySensitive()
                    }
                    .environment(\.layoutDirection, .leftToRight)
                }
                Button(words("phrase_written")) { model.writtenDown() }
                Button(words("phrase_another")) { model.draw() }
            case .typeBack:
                Section(words("phrase_type_back")) {
                    ForEach(state.asked, id: \.self) { position in
                        TextField(
                            words("phrase_word", position),
                            text: bound(get: { typed[position] ?? "" }, set: { typed[position] = $0 })
                        )
                        .textInputAutocapitalization(.never)
                        .autocorrectionDisabled()
                    }
                }
                Button(words("action_save")) { typeBack(state.asked) }
            case .done:
                Text(words("phrase_done"))
                Button(words("action_done")) { vault.back() }
            }
        }
        .navigationTitle(words("phrase_title"))
        .navigationBarTitleDisplayMode(.inline)
    }

    private func typeBack(_ asked: [UInt32]) {
        let answers = asked.map { (typed[$0] ?? "").trimmingCharacters(in: .whitespaces).lowercased() }
        typed = [:]
        model.typeBack(words: answers)
    }
}
