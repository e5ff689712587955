// A vault that does not open: why, and from the top down what may help. Nothing is deleted.

import AppModel
import CountersignCore
import SwiftUI

struct RecoveryView: View {
    let model: RecoveryModel
    let app: AppModel
    @State private var from: EarlierState?
    @State private var byPhrase = false

    var body: some View {
        let state = model.state
        NavigationStack {
            Form {
                Progress(model: model)
                Section {
                    Notice(text: said(state.reason), isError: true)
                    Text(words("recovery_text"))
                    Button(words("recovery_again")) { model.tryAgain() }
                }
                read(state)
                if let findings = state.findings { found(findings) }
                Section {
                    ConfirmedButton(label: words("recovery_anew"), text: words("recovery_anew_text")) {
                        model.startAnew()
                    }
                }
            }
            .navigationTitle(words("recovery_title"))
        }
    }

    private func read(_ state: RecoveryState) -> some View {
        Section(words("recovery_what_is_left")) {
            if !state.earlier.isEmpty {
                Picker(words("settings_earlier"), selection: $from) {
                    Text(words("recovery_what_is_left")).tag(EarlierState?.none)
                    ForEach(state.earlier, id: \.generation) { earlier in
                        Text(words("recovery_state_of", moment(earlier.keptAt))).tag(EarlierState?.some(earlier))
                    }
                }
            }
            Button(words("locked_by_phone")) { model.unlockByPhone(from: from) }
            if byPhrase {
                SecretForm(label: words("locked_phrase"), action: words("action_unlock")) {
                    model.unlockByPhrase(phrase: $0, from: from)
                }
            } else {
                SecretForm(label: words("field_password"), action: words("action_unlock")) {
                    model.unlock(password: $0, from: from)
                }
            }
            Button(byPhrase ? words("locked_by_password") : words("locked_by_phrase")) { byPhrase.toggle() }
        }
    }

    private func found(_ findings: RecoveryFindings) -> some View {
        Section {
            Text(words("recovery_found", findings.whole, findings.damaged))
            if let expected = findings.expected { Text(words("recovery_expected", expected)) }
            if !findings.allPagesRead { Text(words("recovery_pages")) }
            NewPasswordForm(action: words("recovery_save"), isShort: app.isShort) { model.save(password: $0) }
        }
    }
}
