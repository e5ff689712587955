// The ways to unlock, each to be added, changed or taken away; the core keeps the last one.

import AppModel
import CountersignCore
import SwiftUI

struct WaysToUnlock: View {
    let page: SettingsPage
    let vault: OpenVault
    let isShort: @MainActor (String) -> Bool

    private var settings: SettingsModel { vault.settings }
    private static let all: [WayToUnlock] = [.keyStore, .password, .phrase]

    var body: some View {
        Section(words("settings_unlock")) {
            if page.passwordDue {
                Notice(text: words("settings_password_due"))
                SecretForm(label: words("field_password"), action: words("action_continue")) {
                    settings.typePassword($0)
                }
            }
            ForEach(Self.all, id: \.self) { way in row(way) }
            NavigationLink {
                change
            } label: {
                Text(words("settings_change_password"))
            }
            NavigationLink {
                forgotten
            } label: {
                Text(words("settings_forgot_password"))
            }
            NavigationLink {
                renew
            } label: {
                Text(words("settings_renew"))
            }
        }
    }

    @ViewBuilder private func row(_ way: WayToUnlock) -> some View {
        let isThere = page.waysToUnlock.contains(way)
        Fact(label: name(way), value: isThere ? words("settings_way_on") : words("settings_way_off"))
        if isThere {
            ConfirmedButton(label: words("settings_remove_way", name(way)), text: name(way)) { settings.removeWay(way) }
        }
        switch way {
        case .password: EmptyView()
        // Also where it is there already: after this phone's key was lost, that makes another one.
        case .keyStore: Button(words("action_switch_on")) { settings.unlockByPhone() }
        case .phrase: Button(words("phrase_another")) { vault.openPhrase() }
        }
    }

    private var change: some View {
        form(words("settings_change_password"), text: nil) {
            NewPasswordForm(action: words("action_save"), isShort: isShort) { settings.setPassword($0) }
        }
    }

    private var forgotten: some View {
        form(words("settings_forgot_password"), text: words("settings_forgot_text")) {
            NewPasswordForm(action: words("action_save"), isShort: isShort) { settings.replaceForgottenPassword($0) }
        }
    }

    private var renew: some View {
        form(words("settings_renew"), text: words("settings_renew_text")) {
            SecretForm(label: words("field_password"), action: words("action_continue")) {
                settings.renewKeys(password: $0)
            }
        }
    }

    private func form<Content: View>(_ title: String, text: String?, @ViewBuilder content: () -> Content) -> some View {
        Form {
            Progress(model: settings)
            if let text { Text(text) }
            content()
        }
        .navigationTitle(title)
        .navigationBarTitleDisplayMode(.inline)
    }

    private func name(_ way: WayToUnlock) -> String {
        switch way {
        case .password: words("way_password")
        case .keyStore: words("way_phone")
        case .phrase: words("way_phrase")
        }
    }
}
