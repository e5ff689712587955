// First use: what the app is for, and the password of the vault.

import AppModel
import SwiftUI

struct WelcomeView: View {
    let app: AppModel
    @State private var byPhone = true

    var body: some View {
        NavigationStack {
            Form {
                Progress(model: app)
                Section { Text(words("welcome_text")) }
                Section(words("welcome_password")) {
                    Toggle(words("welcome_by_phone"), isOn: $byPhone)
                    NewPasswordForm(action: words("welcome_create"), isShort: app.isShort) { password in
                        app.create(password: password, byPhone: byPhone)
                    }
                }
            }
            .navigationTitle(words("welcome_title"))
        }
    }
}
