// Pushes: where they reach this app, what a notification offers, and what a tap on one does. A push says nothing of what is
// asked; what is on the screen comes from the vault, once it is open.

import AppModel
import Platform
import UI
import UIKit
import UserNotifications

@MainActor
final class Pushes: NSObject, Notifications {
    var token: String?
    weak var app: AppModel?
    private let center = UNUserNotificationCenter.current()

    /// The server's word for a request; the action is ours.
    private static let category = "COUNTERSIGN_CHALLENGE"
    nonisolated private static let deny = "deny"
    nonisolated private static let challenge = "challenge"

    /// At each start: tokens change, and so does the language.
    func begin() {
        center.delegate = self
        // Denying signs too, so the vault must be open. Where that asks for the person, the app has to come to the front.
        let options: UNNotificationActionOptions =
            Brand.vaultNeedsPerson ? [.destructive, .foreground] : [.destructive, .authenticationRequired]
        let deny = UNNotificationAction(identifier: Self.deny, title: words("action_deny"), options: options)
        center.setNotificationCategories([
            UNNotificationCategory(
                identifier: Self.category, actions: [deny], intentIdentifiers: [],
                hiddenPreviewsBodyPlaceholder: words("notice_waiting"))
        ])
        Task {
            if await center.notificationSettings().authorizationStatus == .authorized {
                UIApplication.shared.registerForRemoteNotifications()
            }
        }
    }

    /// Once the system asks the person; afterwards it can only be changed in the phone's settings.
    func ask() {
        Task {
            switch await center.notificationSettings().authorizationStatus {
            case .denied: Assembly.openSettings()
            default:
                if (try? await center.requestAuthorization(options: [.alert, .sound])) == true {
                    UIApplication.shared.registerForRemoteNotifications()
                }
            }
        }
    }

    func keepOnly(requests: [String]) {
        let kept = Set(requests)
        center.getDeliveredNotifications { [center] shown in
            let over = shown.filter { notification in
                let request = notification.request.content.userInfo[Self.challenge] as? String
                return request.map { !kept.contains($0) } ?? false
            }
            center.removeDeliveredNotifications(withIdentifiers: over.map(\.request.identifier))
        }
    }

    private func answered(_ request: String, denied: Bool) {
        guard let app else { return }
        app.openRequest(id: request)
        // While it is locked, the request waits on the screen, and the person denies it there.
        if denied, case .request(let model) = app.vault?.state.screens.last, model.id == request { model.deny() }
    }
}

extension Pushes: UNUserNotificationCenterDelegate {
    /// In front, the inbox itself shows what waits.
    nonisolated func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification
    ) async -> UNNotificationPresentationOptions {
        await MainActor.run { app?.vault?.inbox.refresh() }
        return []
    }

    nonisolated func userNotificationCenter(
        _ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse
    ) async {
        let content = response.notification.request.content
        guard let request = content.userInfo[Self.challenge] as? String else { return }
        let denied = response.actionIdentifier == Self.deny
        await MainActor.run { answered(request, denied: denied) }
    }
}
