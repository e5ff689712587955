// An invitation, step by step: who it is, the code if one is asked for, this phone's name, and the end.

import AppModel
import CountersignCore
import SwiftUI

struct EnrollView: View {
    let model: EnrollModel
    let vault: OpenVault
    let surroundings: Surroundings
    @State private var code = ""

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            if let enrolled = state.enrolled {
                done(enrolled)
            } else {
                Section(words("enroll_question")) {
                    Fact(label: words("enroll_tenant"), value: state.details.tenant)
                    Fact(label: words("enroll_server"), value: state.details.server)
                    Fact(label: words("enroll_user"), value: state.details.userName ?? state.details.userRef)
                }
                if state.codeNeeded { check(state) } else { yes(state) }
            }
        }
        .navigationTitle(words("enroll_title"))
        .navigationBarTitleDisplayMode(.inline)
    }

    private func check(_ state: EnrollState) -> some View {
        Section {
            Text(
                state.details.check == .emailCode
                    ? words("enroll_email_code", state.details.emailMasked ?? "") : words("enroll_totp_code"))
            DigitsField(label: words("enroll_code"), digits: $code)
            Button(words("action_continue")) { model.verify(code: code) }.disabled(code.isEmpty)
            if state.details.check == .emailCode {
                if state.resendIn > 0 {
                    Text(words("enroll_resend_in", state.resendIn))
                } else {
                    Button(words("enroll_resend")) { model.resend() }
                }
            }
        }
    }

    private func yes(_ state: EnrollState) -> some View {
        Section {
            TextField(
                words("enroll_device_name"), text: bound(get: { state.deviceName }, set: { model.name($0) }))
            Button(words("enroll_yes")) { model.enroll() }.disabled(state.deviceName.isEmpty)
        }
    }

    private func done(_ enrolled: EnrolledDevice) -> some View {
        Section(words("enroll_done")) {
            Text(words("enroll_confirmation"))
            Digits(text: enrolled.confirmationCode)
            Button(words("action_done")) {
                vault.back()
                // Now there is something to be told of.
                surroundings.askForNotifications()
            }
        }
    }
}
