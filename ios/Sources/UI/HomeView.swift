// An open vault: its four tabs, and the screens over them.

import AppModel
import SwiftUI

struct HomeView: View {
    let app: AppModel
    let vault: OpenVault
    let keyLost: Bool
    let surroundings: Surroundings

    var body: some View {
        TabView(selection: bound(get: { vault.state.tab }, set: { vault.show($0) })) {
            tab(.codes) { CodesView(vault: vault) }
                .tabItem { Label(words("tab_codes"), systemImage: "key.fill") }
            tab(.inbox) { InboxView(vault: vault) }
                .tabItem { Label(words("tab_inbox"), systemImage: "tray.fill") }
                .badge(vault.inbox.state.inbox?.pending.count ?? 0)
            tab(.accounts) { AccountsView(vault: vault, server: surroundings.server) }
                .tabItem { Label(words("tab_accounts"), systemImage: "person.2.fill") }
            tab(.settings) { SettingsView(app: app, vault: vault, surroundings: surroundings) }
                .tabItem { Label(words("tab_settings"), systemImage: "gearshape.fill") }
        }
        .safeAreaInset(edge: .top) {
            if keyLost { Notice(text: words("open_key_lost")).padding().background(.regular) }
        }
    }

    /// Screens stand over the tab that the person is in. A swipe back may leave several of them at once.
    private func tab<Content: View>(_ tab: Place.Tab, @ViewBuilder content: () -> Content) -> some View {
        let path = bound(
            get: { vault.state.tab == tab ? vault.state.screens : [] },
            set: { vault.back(to: $0.count) })
        return NavigationStack(path: path) {
            content().navigationDestination(for: Screen.self) { screen in over(screen) }
        }
        .tag(tab)
    }

    @ViewBuilder private func over(_ screen: Screen) -> some View {
        switch screen {
        case .scan(let model): ScanView(model: model, surroundings: surroundings)
        case .entry(let model): EntryView(model: model)
        case .enroll(let model): EnrollView(model: model, vault: vault, surroundings: surroundings)
        case .request(let model): RequestView(model: model, vault: vault)
        case .offline(let model): OfflineView(model: model)
        case .account(let model): AccountView(model: model)
        case .history(let model): HistoryView(model: model)
        case .import(let model): ImportView(model: model, vault: vault)
        case .export(let model): ExportView(model: model)
        case .phrase(let model): PhraseView(model: model, vault: vault)
        }
    }
}
