// The person's choices.

import AppModel
import CountersignCore
import SwiftUI

struct SettingsView: View {
    let app: AppModel
    let vault: OpenVault
    let surroundings: Surroundings

    private var settings: SettingsModel { vault.settings }

    var body: some View {
        Form {
            Progress(model: settings)
            if let page = settings.state.page {
                codes(page)
                lock(page)
                WaysToUnlock(page: page, vault: vault, isShort: app.isShort)
                Backups(page: page, settings: settings, folder: surroundings.backupFolder, isShort: app.isShort)
                EarlierStates(settings: settings)
                Section(words("settings_transfer")) {
                    Button(words("import_title")) { vault.openImport() }
                    Button(words("export_title")) { vault.openExport() }
                }
                phone
                Fact(label: words("settings_version"), value: page.version)
            }
        }
        .navigationTitle(words("tab_settings"))
    }

    private func codes(_ page: SettingsPage) -> some View {
        let now = page.settings
        return Section(words("settings_codes")) {
            Toggle(words("settings_hide"), isOn: kept(now.hideCodes) { now.with(hideCodes: $0) })
            Toggle(words("settings_clock"), isOn: kept(now.followServersClock) { now.with(followServersClock: $0) })
            ChosenNumber(
                label: words("settings_clipboard"), now: UInt32(now.clipboardSeconds), allowed: page.clipboardSeconds
            ) { settings.keep(now.with(clipboardSeconds: UInt16(clamping: $0))) }
        }
    }

    private func lock(_ page: SettingsPage) -> some View {
        let now = page.settings
        return Section(words("settings_lock")) {
            Button(words("settings_lock_now")) { app.lock() }
            Toggle(
                words("settings_lock_background"), isOn: kept(now.lockInBackground) { now.with(lockInBackground: $0) })
            ChosenNumber(label: words("settings_lock_idle"), now: now.lockIdleSeconds, allowed: page.lockIdleSeconds) {
                settings.keep(now.with(lockIdleSeconds: $0))
            }
            ChosenNumber(
                label: words("settings_remind"), now: UInt32(now.remindOfPasswordDays),
                allowed: page.remindOfPasswordDays
            ) { settings.keep(now.with(remindOfPasswordDays: UInt16(clamping: $0))) }
        }
    }

    private var phone: some View {
        Section(words("settings_push")) {
            if !surroundings.hearsPushes() { Text(words("settings_push_off")) }
            Button(words("settings_push_allow")) { surroundings.askForNotifications() }
            Fact(label: words("settings_language"), value: words("settings_language_text"))
            Button(words("action_change")) { surroundings.openSettings() }
        }
    }

    private func kept(_ now: Bool, _ changed: @escaping (Bool) -> AppSettings) -> Binding<Bool> {
        bound(get: { now }, set: { settings.keep(changed($0)) })
    }
}

/// A number that is kept when the person says so. Which ones are allowed the core knows, and says so.
struct ChosenNumber: View {
    let label: String
    let now: UInt32
    let allowed: AllowedNumbers
    let keep: @MainActor (UInt32) -> Void
    @State private var typed: String?

    var body: some View {
        VStack(alignment: .leading) {
            Text(label)
            DigitsField(label: label, digits: bound(get: { typed ?? now.description }, set: { typed = $0 }))
            Text(words("settings_range", allowed.least, allowed.most)).font(.footnote).foregroundStyle(.secondary)
            if let number = typed.flatMap(UInt32.init), number != now {
                Button(words("action_save")) {
                    typed = nil
                    keep(number)
                }
            }
        }
    }
}

extension AppSettings {
    func with(
        hideCodes: Bool? = nil, clipboardSeconds: UInt16? = nil, followServersClock: Bool? = nil,
        lockIdleSeconds: UInt32? = nil, lockInBackground: Bool? = nil, remindOfPasswordDays: UInt16? = nil
    ) -> AppSettings {
        AppSettings(
            order: order, hideCodes: hideCodes ?? self.hideCodes,
            clipboardSeconds: clipboardSeconds ?? self.clipboardSeconds,
            followServersClock: followServersClock ?? self.followServersClock,
            lockIdleSeconds: lockIdleSeconds ?? self.lockIdleSeconds,
            lockInBackground: lockInBackground ?? self.lockInBackground,
            remindOfPasswordDays: remindOfPasswordDays ?? self.remindOfPasswordDays)
    }
}
