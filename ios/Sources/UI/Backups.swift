// Backups that are made by themselves: how many, when last, and loudly when they have stopped; and the vault's earlier states.

import AppModel
import CountersignCore
import SwiftUI

struct Backups: View {
    let page: SettingsPage
    let settings: SettingsModel
    /// In the Files app the person finds it under this app's name.
    let folder: String
    let isShort: @MainActor (String) -> Bool
    @State private var keep = 5

    var body: some View {
        Section(words("settings_backup")) {
            if let last = page.lastBackupAt {
                Fact(label: words("settings_backup_last"), value: moment(last))
            } else {
                Text(words("settings_backup_never"))
            }
            if let trouble = page.backupTrouble {
                Notice(text: said(Trouble(kind: .vault, code: trouble.code, sentence: trouble.sentence)), isError: true)
            }
            if page.backupFolder != nil {
                Text(words("settings_backup_on"))
                Button(words("action_switch_off")) { settings.switchOffBackups() }
            } else {
                NavigationLink {
                    switchOn
                } label: {
                    Text(words("action_switch_on"))
                }
            }
        }
    }

    private var switchOn: some View {
        Form {
            Progress(model: settings)
            Text(words("settings_backup_place"))
            Stepper(value: $keep, in: Int(page.backupsKept.least)...Int(page.backupsKept.most)) {
                Fact(label: words("settings_backup_keep"), value: keep.description)
            }
            Section(words("settings_backup_password")) {
                NewPasswordForm(action: words("action_switch_on"), isShort: isShort) { password in
                    settings.switchOnBackups(folder: folder, password: password, keep: UInt16(clamping: keep))
                }
            }
        }
        .navigationTitle(words("settings_backup"))
        .navigationBarTitleDisplayMode(.inline)
    }
}

/// Earlier states of the vault, to go back to.
struct EarlierStates: View {
    let settings: SettingsModel

    var body: some View {
        Section(words("settings_earlier")) {
            if let earlier = settings.state.earlier {
                if earlier.isEmpty { Text(words("settings_earlier_none")) }
                ForEach(earlier, id: \.generation) { state in
                    Text(words("recovery_state_of", moment(state.keptAt)))
                    ConfirmedButton(label: words("settings_earlier_back"), text: words("settings_earlier_text")) {
                        settings.restore(state)
                    }
                }
                if !earlier.isEmpty {
                    ConfirmedButton(
                        label: words("settings_earlier_forget"), text: words("settings_earlier_forget_text")
                    ) { settings.forgetEarlier() }
                }
            } else {
                Button(words("inbox_refresh")) { settings.loadEarlier() }
            }
        }
    }
}
