// Where the app begins: one scene over one model, and what the system wakes the app for.

import AppModel
import SwiftUI
import UI

@main
struct CountersignApp: App {
    @UIApplicationDelegateAdaptor(AppDelegate.self) private var delegate

    var body: some Scene {
        WindowGroup {
            if let assembly = delegate.assembly {
                Shown(assembly: assembly)
            } else {
                // The brand's app group is not in its entitlements: there is no place for a vault.
                Text(words("trouble_unexpected")).padding()
            }
        }
        .backgroundTask(.appRefresh(WakeUps.task)) { await delegate.refresh() }
    }
}

private struct Shown: View {
    let assembly: Assembly
    @Environment(\.colorScheme) private var scheme

    var body: some View {
        RootView(app: assembly.app, surroundings: assembly.surroundings)
            .tint(Color(rgb: scheme == .dark ? Brand.colorDark : Brand.color))
            .onOpenURL { assembly.open($0) }
    }
}
