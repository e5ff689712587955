// One request: who asks for what, the number, approve or deny, and how it ended.

import AppModel
import CountersignCore
import SwiftUI

struct RequestView: View {
    let model: RequestModel
    let vault: OpenVault

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            if let request = state.request { AskedFor(request: request) }
            if let ending = state.ending {
                ended(ending, state)
            } else if let code = state.code {
                Section(words("request_shown_code")) { Digits(text: code) }
            } else if let request = state.request {
                RequestAnswer(model: model, request: request)
            } else {
                Text(words("request_looking"))
            }
        }
        .navigationTitle(words("request_title"))
        .navigationBarTitleDisplayMode(.inline)
    }

    private func ended(_ ending: Ending, _ state: RequestState) -> some View {
        Section {
            Text(said(ending)).font(.headline)
            if ending == .approved, state.ruleDays != nil { Text(words("request_rule_made")) }
            Button(words("action_done")) { vault.back() }
        }
    }
}

/// Who asks, for what, from where: everything that the person decides by.
struct AskedFor: View {
    let request: PendingRequest

    var body: some View {
        Section {
            HStack {
                Mark(color: request.color)
                VStack(alignment: .leading) {
                    Text(kind).font(.subheadline).foregroundStyle(.secondary)
                    Text(request.application).font(.title2)
                }
            }
            .accessibilityElement(children: .combine)
            Text(request.message)
            if request.risk >= 3 { Notice(text: words("request_unusual"), isError: true) }
            Fact(label: words("enroll_tenant"), value: request.tenant)
            Fact(label: words("request_user"), value: request.user)
            if let place = request.place { Fact(label: words("request_place"), value: place) }
            if let address = request.ip { Fact(label: words("request_address"), value: address) }
            if !with.isEmpty { Fact(label: words("request_browser"), value: with) }
            ForEach(Array(request.details.enumerated()), id: \.offset) { _, detail in
                Fact(label: detail.label, value: detail.value)
            }
        }
    }

    private var kind: String {
        switch request.kind {
        case "login": words("request_login")
        case "payment": words("request_payment")
        default: words("request_other")
        }
    }

    private var with: String {
        [request.browser, request.os].compactMap { $0 }.joined(separator: ", ")
    }
}

/// The number, and the two answers.
private struct RequestAnswer: View {
    let model: RequestModel
    let request: PendingRequest

    var body: some View {
        let state = model.state
        let number = bound(get: { model.state.number }, set: { model.number($0) })
        Section {
            Text(words("request_seconds", state.secondsLeft)).monospacedDigit()
            if request.digits != nil { DigitsField(label: words("request_number"), digits: number) }
            if let options = request.options { pick(options, picked: state.number) }
        }
        if request.rulesAllowed { RuleChoice(model: model) }
        Section {
            Button(words("action_approve")) { model.approve() }.disabled(!state.canApprove)
            Button(words("action_deny"), role: .destructive) { model.deny() }
        }
        Section {
            ConfirmedButton(label: words("request_not_me"), text: words("request_not_me_text")) { model.report() }
        }
    }

    @ViewBuilder private func pick(_ options: [String], picked: String) -> some View {
        Text(words("request_pick"))
        ForEach(options, id: \.self) { option in
            Button {
                model.number(option)
            } label: {
                HStack {
                    Digits(text: option, font: .system(.title, design: .monospaced))
                    Spacer()
                    if option == picked { Image(systemName: "checkmark").accessibilityHidden(true) }
                }
            }
            .accessibilityAddTraits(option == picked ? [.isSelected] : [])
        }
    }
}

/// A rule is never offered by itself: the person asks for it, sees what it would let through, and for how long.
private struct RuleChoice: View {
    let model: RequestModel
    /// The longest is what servers allow at most.
    private static let days: [UInt32] = [1, 7, 30]

    var body: some View {
        Section {
            if let rule = model.state.rule {
                Text(words("request_rule_text", rule.application, rule.network))
                Picker(
                    words("request_rule"),
                    selection: bound(get: { model.state.ruleDays }, set: { model.remember(days: $0) })
                ) {
                    Text(words("request_rule_none")).tag(UInt32?.none)
                    ForEach(Self.days, id: \.self) { days in
                        Text(words("request_rule_days", days)).tag(UInt32?.some(days))
                    }
                }
            } else {
                Button(words("request_rule")) { model.askForRule() }
            }
        }
    }
}
