// One row of the list: whose code, the code, how long it lives. A tap copies it.

import AppModel
import CountersignCore
import SwiftUI

struct CodeRow: View {
    let code: Code
    let isRevealed: Bool
    let isCopied: Bool
    let codes: CodesModel
    let open: @MainActor () -> Void
    let moveUp: (@MainActor () -> Void)?
    let moveDown: (@MainActor () -> Void)?
    @State private var asksForPin = false

    var body: some View {
        VStack(alignment: .leading) {
            Button(action: tapped) {
                HStack {
                    VStack(alignment: .leading) {
                        whose
                        ShownCode(code: code)
                        if let next = code.nextGrouped { Digits(text: next, font: .system(.body, design: .monospaced)) }
                    }
                    Spacer()
                    Life(code: code)
                }
                .contentShape(Rectangle())
            }
            .buttonStyle(.plain)
            .accessibilityHint(words("action_copy"))
            // Side by side where there is room, one under the other in large type.
            ViewThatFits {
                HStack { actions }
                VStack(alignment: .leading) { actions }
            }
            .buttonStyle(.bordered)
            .controlSize(.small)
            if isCopied { Text(words("codes_copied")).font(.footnote) }
        }
        .sheet(isPresented: $asksForPin) {
            PinSheet { codes.setPin(entry: code.id, pin: $0) }
        }
    }

    @ViewBuilder private var whose: some View {
        Text(code.issuer ?? (code.account.isEmpty ? words("codes_unnamed") : code.account)).font(.headline)
        if code.issuer != nil, !code.account.isEmpty {
            Text(code.account).font(.subheadline).foregroundStyle(.secondary)
        }
        if code.pinned { Label(words("codes_pinned"), systemImage: "pin.fill").font(.caption) }
    }

    @ViewBuilder private var actions: some View {
        if code.hidden {
            Button(isRevealed ? words("codes_hide") : words("codes_show")) {
                if isRevealed { codes.hide(entry: code.id) } else { codes.reveal(entry: code.id) }
            }
        }
        if code.kind == .hotp { Button(words("codes_next")) { codes.next(entry: code.id) } }
        Button(words("codes_details"), action: open)
        if let moveUp { Button(words("codes_move_up"), systemImage: "arrow.up", action: moveUp) }
        if let moveDown { Button(words("codes_move_down"), systemImage: "arrow.down", action: moveDown) }
    }

    private func tapped() {
        if code.needsPin { asksForPin = true } else { codes.copy(entry: code.id) }
    }
}

/// The code, or why there is none.
struct ShownCode: View {
    let code: Code

    var body: some View {
        if let grouped = code.grouped {
            Digits(text: grouped)
        } else if code.needsPin {
            Text(words("codes_pin_needed"))
        } else if code.hidden {
            Text(words("codes_hidden"))
        }
    }
}

/// The PIN that codes of some kinds are made with.
struct PinSheet: View {
    let act: @MainActor (String) -> Void
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        NavigationStack {
            Form {
                Text(words("codes_pin_text"))
                SecretForm(label: words("codes_pin"), action: words("action_save")) { pin in
                    dismiss()
                    act(pin)
                }
            }
            .navigationTitle(words("codes_pin"))
            .toolbar {
                ToolbarItem(placement: .cancellationAction) { Button(words("action_cancel")) { dismiss() } }
            }
        }
        .covered()
    }
}
