// The vault is locked: by this phone, by the password, or by the phrase, whichever it has. A key that this phone has lost is
// explained, and the other ways stay.

import AppModel
import CountersignCore
import Platform
import SwiftUI

struct LockedView: View {
    let app: AppModel
    let ways: [WayToUnlock]
    let keyLost: Bool
    let biometry: any Biometry
    @Environment(\.scenePhase) private var phase
    @State private var byPhrase = false
    @State private var asked = false

    var body: some View {
        NavigationStack {
            Form {
                Progress(model: app)
                if keyLost { Notice(text: words("locked_key_lost")) }
                if ways.contains(.keyStore), !keyLost {
                    Button(words("locked_by_phone"), systemImage: symbol) { app.unlockByPhone() }
                }
                if ways.contains(.password), !byPhrase {
                    SecretForm(label: words("field_password"), action: words("action_unlock")) {
                        app.unlock(password: $0)
                    }
                } else if ways.contains(.phrase) {
                    SecretForm(label: words("locked_phrase"), action: words("action_unlock")) {
                        app.unlockByPhrase(phrase: $0)
                    }
                }
                if ways.contains(.password), ways.contains(.phrase) {
                    Button(byPhrase ? words("locked_by_password") : words("locked_by_phrase")) { byPhrase.toggle() }
                }
            }
            .navigationTitle(words("locked_title"))
        }
        // Once, when the person is there: not when the system wakes the app, and who closes the prompt is not asked again.
        .onChange(of: phase, initial: true) {
            guard phase == .active, !asked, ways.contains(.keyStore), !keyLost else { return }
            asked = true
            app.unlockByPhone()
        }
    }

    private var symbol: String {
        switch biometry.kind {
        case .face: "faceid"
        case .fingerprint: "touchid"
        case .passcode, .none: "lock.open"
        }
    }
}
