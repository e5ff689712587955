// The cover over everything, whenever others could see the screen. A sheet stands above the view that shows it, so each sheet has
// a cover of its own.

import SwiftUI

extension View {
    func covered() -> some View { modifier(Covered()) }
}

private struct Covered: ViewModifier {
    @Environment(\.scenePhase) private var phase
    @Environment(\.isSceneCaptured) private var isCaptured

    func body(content: Content) -> some View {
        content.overlay {
            // The app switcher's picture is taken while the scene is inactive; a recording shows what the person does.
            if isCaptured {
                Cover(text: words("cover_recorded"))
            } else if phase != .active {
                Cover(text: nil)
            }
        }
    }
}

private struct Cover: View {
    let text: String?

    var body: some View {
        ZStack {
            Rectangle().fill(.background).ignoresSafeArea()
            VStack(spacing: 16) {
                Image(systemName: "lock.fill").font(.largeTitle).foregroundStyle(.tint).accessibilityHidden(true)
                if let text { Text(text).multilineTextAlignment(.center).padding() }
            }
        }
    }
}
