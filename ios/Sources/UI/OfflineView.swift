// Approves a scanned sign-in without a network. Who wants to refuse it closes the page.

import AppModel
import SwiftUI

struct OfflineView: View {
    let model: OfflineModel

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            AskedFor(request: state.request)
            if let digits = state.digits {
                Section(words("offline_digits")) {
                    Digits(text: digits.grouped)
                    Text(words("request_seconds", state.secondsLeft)).monospacedDigit()
                }
            } else {
                Section(words("offline_question")) { Button(words("action_approve")) { model.approve() } }
            }
        }
        .navigationTitle(words("offline_title"))
        .navigationBarTitleDisplayMode(.inline)
    }
}
