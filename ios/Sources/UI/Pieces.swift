// What several screens are made of.

import AppModel
import SwiftUI

/// That something is under way, with a way to stop it, or what went wrong, with a way to put it away.
struct Progress<State>: View {
    let model: Model<State>

    var body: some View {
        switch model.doing {
        case .nothing: EmptyView()
        case .working:
            HStack {
                ProgressView()
                Spacer()
                Button(words("action_cancel")) { model.cancel() }
            }
        case .failed(let trouble):
            Notice(text: said(trouble), isError: true) { model.dismiss() }
        }
    }
}

/// A sentence that must not be missed.
struct Notice: View {
    let text: String
    var isError = false
    var close: (@MainActor () -> Void)?

    var body: some View {
        HStack(alignment: .firstTextBaseline) {
            Image(systemName: isError ? "exclamationmark.triangle.fill" : "info.circle.fill")
                .foregroundStyle(isError ? Color.red : Color.accentColor)
                .accessibilityHidden(true)
            Text(text)
            if let close {
                Spacer()
                Button(words("action_close"), action: close).buttonStyle(.bordered)
            }
        }
    }
}

/// One fact: what it is, and how it is. Read as one.
struct Fact: View {
    let label: String
    let value: String

    var body: some View {
        VStack(alignment: .leading) {
            Text(label).font(.caption).foregroundStyle(.secondary)
            Text(value)
        }
        .accessibilityElement(children: .combine)
    }
}

/// A button that asks before it does what it says.
struct ConfirmedButton: View {
    let label: String
    let text: String
    let act: @MainActor () -> Void
    @State private var asking = false

    var body: some View {
        Button(label, role: .destructive) { asking = true }
            .confirmationDialog(label, isPresented: $asking, titleVisibility: .visible) {
                Button(words("action_continue"), role: .destructive, action: act)
                Button(words("action_cancel"), role: .cancel) {}
            } message: {
                Text(text)
            }
    }
}

/// A password or a phrase that is typed, with its button. What was typed is not kept.
struct SecretForm: View {
    let label: String
    let action: String
    let act: @MainActor (String) -> Void
    @State private var typed = ""

    var body: some View {
        SecureField(label, text: $typed).textContentType(.password).submitLabel(.go).onSubmit(hand)
        Button(action, action: hand).disabled(typed.isEmpty)
    }

    private func hand() {
        guard !typed.isEmpty else { return }
        let secret = typed
        typed = ""
        act(secret)
    }
}

/// A new password, typed twice, with the button that takes it.
struct NewPasswordForm: View {
    let action: String
    let isShort: @MainActor (String) -> Bool
    let act: @MainActor (String) -> Void
    @State private var first = ""
    @State private var second = ""

    var body: some View {
        SecureField(words("field_password"), text: $first).textContentType(.newPassword)
        if !first.isEmpty, isShort(first) { Text(words("password_short")).font(.footnote) }
        SecureField(words("field_password_again"), text: $second).textContentType(.newPassword)
        if !second.isEmpty, first != second { Text(words("password_differs")).font(.footnote) }
        Button(action) {
            let password = first
            first = ""
            second = ""
            act(password)
        }
        .disabled(first.isEmpty || first != second)
    }
}

/// A binding to what a model holds. Both sides are the main actor's, which `Binding` does not infer by itself.
@MainActor
func bound<Value>(get: @escaping @MainActor () -> Value, set: @escaping @MainActor (Value) -> Void) -> Binding<Value> {
    Binding(get: { @MainActor in get() }, set: { @MainActor in set($0) })
}
