// What the system still tells an app by its delegate: push tokens, and that the phone locks.

import AppModel
import UIKit

final class AppDelegate: NSObject, UIApplicationDelegate {
    /// None when there is no place for a vault.
    let assembly = try? Assembly()
    private let finishing = FinishingTime()
    private var observers: [any NSObjectProtocol] = []

    func application(
        _ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool {
        assembly?.pushes.begin()
        when(UIApplication.protectedDataWillBecomeUnavailableNotification) { $0.assembly?.app.inBackground() }
        when(UIApplication.didEnterBackgroundNotification) { $0.finishing.ask() }
        return true
    }

    func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data) {
        assembly?.pushes.token = token.map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
        assembly?.app.vault?.pushTokenChanged()
    }

    /// The system has given some seconds: what was answered elsewhere is taken off the screen, if the vault is open.
    func refresh() async {
        guard let inbox = assembly?.app.vault?.inbox else { return }
        inbox.refresh()
        while inbox.doing == .working, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
        WakeUps().schedule()
    }

    private func when(_ event: NSNotification.Name, _ act: @escaping @MainActor @Sendable (AppDelegate) -> Void) {
        observers.append(
            NotificationCenter.default.addObserver(forName: event, object: nil, queue: .main) { [weak self] _ in
                MainActor.assumeIsolated {
                    if let self { act(self) }
                }
            })
    }
}
