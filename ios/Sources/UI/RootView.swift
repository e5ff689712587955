// The whole app: first use, locked, open, or a vault that does not open.

import AppModel
import CountersignCore
import SwiftUI

public struct RootView: View {
    let app: AppModel
    let surroundings: Surroundings
    @Environment(\.scenePhase) private var phase

    public init(app: AppModel, surroundings: Surroundings) {
        self.app = app
        self.surroundings = surroundings
    }

    public var body: some View {
        shown
            .covered()
            .simultaneousGesture(TapGesture().onEnded { app.touch() })
            .simultaneousGesture(DragGesture().onChanged { _ in app.touch() })
            .task {
                app.start()
                // Ends with the view. Nothing is lost when it is late: each tick asks what time it is.
                while !Task.isCancelled {
                    try? await Task.sleep(for: .seconds(1))
                    if phase == .active { app.tick() }
                }
            }
            .onChange(of: phase, initial: true) {
                switch phase {
                case .active: app.inFront()
                case .background: app.inBackground()
                case .inactive: break
                }
            }
    }

    @ViewBuilder private var shown: some View {
        switch app.state {
        case .looking: ProgressView()
        case .noVault: WelcomeView(app: app)
        case .locked(let ways, let keyLost):
            LockedView(app: app, ways: ways, keyLost: keyLost, biometry: surroundings.biometry)
        case .open(let vault, let keyLost):
            HomeView(app: app, vault: vault, keyLost: keyLost, surroundings: surroundings)
        case .cannotOpen(let recovery): RecoveryView(model: recovery, app: app)
        }
    }
}
