// One account: its name for this phone, its rules, its history, its way to a new phone, its removal.

import AppModel
import CountersignCore
import SwiftUI
import UIKit

struct AccountView: View {
    let model: AccountModel

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            if let account = state.account {
                facts(account)
                Rename(name: account.deviceName) { model.rename(deviceName: $0) }.id(account.deviceName)
                rules(state)
                history(state.history)
                Section { Button(words("account_transfer")) { model.transfer() } }
                Section {
                    ConfirmedButton(
                        label: words("account_remove"),
                        text: state.serverIsGone ? words("account_remove_gone_text") : words("account_remove_text")
                    ) { model.remove(evenIfServerIsGone: state.serverIsGone) }
                }
            }
        }
        .navigationTitle(state.account?.tenant ?? words("entry_title"))
        .navigationBarTitleDisplayMode(.inline)
        .sheet(
            isPresented: bound(get: { model.state.successor != nil }, set: { if !$0 { model.forgetTransfer() } })
        ) { transfer.covered() }
    }

    private func facts(_ account: Account) -> some View {
        Section {
            Fact(label: words("enroll_server"), value: account.server)
            Fact(label: words("enroll_user"), value: account.userName ?? account.userRef)
            Fact(label: words("account_since"), value: moment(account.enrolledAt))
            if let error = account.clockError { Notice(text: words("account_clock", error)) }
        }
    }

    private func rules(_ state: AccountState) -> some View {
        Section(words("account_rules")) {
            if let rules = state.rules {
                if rules.isEmpty { Text(words("account_rules_none")) }
                ForEach(rules, id: \.id) { rule in
                    Text(words("account_rule_until", rule.application, rule.network, moment(rule.endsAt)))
                    Button(words("action_end"), role: .destructive) { model.endRule(rule.id) }
                }
                if state.foreignRules > 0 {
                    Notice(text: words("account_rules_foreign", state.foreignRules), isError: true)
                }
            } else {
                Button(words("inbox_refresh")) { model.loadRules() }
            }
        }
    }

    private func history(_ items: [HistoryItem]?) -> some View {
        Section(words("account_history")) {
            if let items {
                if items.isEmpty { Text(words("history_empty")) }
                ForEach(items, id: \.id) { item in
                    VStack(alignment: .leading) {
                        Text(verbatim: "\(item.application): \(item.message)")
                        Text(how(item)).font(.subheadline)
                        Text(moment(written: item.createdAt)).font(.footnote).foregroundStyle(.secondary)
                        if let receipt = item.receipt { ShareReceipt(receipt: receipt) }
                    }
                }
            } else {
                Button(words("inbox_refresh")) { model.loadHistory() }
            }
        }
    }

    private func how(_ item: HistoryItem) -> String {
        var parts = [said(item.outcome)]
        if item.byRule { parts.append(words("history_by_rule")) }
        if item.offline { parts.append(words("history_offline")) }
        if item.answeredHere { parts.append(words("history_here")) }
        return parts.joined(separator: " · ")
    }

    private var transfer: some View {
        VStack(spacing: 16) {
            Text(words("account_transfer_text"))
            if let code = model.state.successor?.picture, let picture = UIImage(data: code) {
                // Enlarged without smoothing, its edges stay sharp.
                Image(uiImage: picture).interpolation(.none).resizable().scaledToFit().frame(maxWidth: 320)
                    .accessibilityLabel(words("account_transfer"))
            }
            Button(words("action_done")) { model.forgetTransfer() }.buttonStyle(.borderedProminent)
        }
        .padding()
    }
}

/// What this phone is called there.
private struct Rename: View {
    let name: String
    let act: @MainActor (String) -> Void
    @State private var typed: String

    init(name: String, act: @escaping @MainActor (String) -> Void) {
        self.name = name
        self.act = act
        _typed = State(initialValue: name)
    }

    var body: some View {
        Section {
            TextField(words("account_rename"), text: $typed)
            Button(words("action_save")) { act(typed) }.disabled(typed.isEmpty || typed == name)
        }
    }
}
