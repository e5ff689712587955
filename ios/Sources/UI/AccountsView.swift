// The accounts that this phone answers for.

import AppModel
import CountersignCore
import SwiftUI

struct AccountsView: View {
    let vault: OpenVault
    /// Where to ask for an invitation.
    let server: String?

    var body: some View {
        List {
            Progress(model: vault.accounts)
            if let accounts = vault.accounts.state.accounts {
                if accounts.isEmpty {
                    Text(words("accounts_empty"))
                    if let server { Fact(label: words("enroll_server"), value: server) }
                    Button(words("codes_scan")) { vault.openScan() }
                }
                ForEach(accounts, id: \.id) { account in
                    Button {
                        vault.openAccount(id: account.id)
                    } label: {
                        VStack(alignment: .leading) {
                            Text(account.tenant).font(.headline)
                            Text(account.userName ?? account.userRef)
                            Text(account.server).font(.footnote).foregroundStyle(.secondary)
                        }
                    }
                    .buttonStyle(.plain)
                }
            }
            Section { Button(words("accounts_history")) { vault.openHistory() } }
        }
        .navigationTitle(words("tab_accounts"))
    }
}
