// Fills in who asks, before a push is shown, where the brand lets the vault open whenever the phone is unlocked. Elsewhere, and
// on a locked phone, the push's own general words stay: nobody is there to be asked for the vault's key.

import CountersignCore
import Foundation
import UserNotifications

final class NotificationService: UNNotificationServiceExtension {
    private var delivery: Delivery?

    override func didReceive(
        _ request: UNNotificationRequest, withContentHandler contentHandler: @escaping (UNNotificationContent) -> Void
    ) {
        let delivery = Delivery(content: request.content, handler: contentHandler)
        self.delivery = delivery
        guard !Brand.vaultNeedsPerson, let challenge = request.content.userInfo["challenge"] as? String else {
            return delivery.end()
        }
        Task {
            delivery.end(with: try? await Details.fetch(challenge))
        }
    }

    override func serviceExtensionTimeWillExpire() {
        delivery?.end()
    }
}

/// Who asks, and in which words.
private struct Details: Sendable {
    let application: String
    let message: String

    static func fetch(_ challenge: String) async throws -> Details? {
        let keys = EnclaveKeys(
            group: Brand.group, access: KeyAccess(vaultNeedsPerson: false), mayAsk: false, reason: { _ in "" })
        let core = try await CountersignCore.openWithKeyStore(
            path: VaultPlace.file().path, keys: keys, options: ConnectionOptions(caPem: nil))
        defer { core.lock() }
        let request = try await core.inbox(waitSeconds: 0).pending.first { $0.id == challenge }
        return request.map { Details(application: $0.application, message: $0.message) }
    }
}

/// A notification on its way to the screen: handed over once, whoever is first.
private final class Delivery: @unchecked Sendable {
    private let lock = NSLock()
    private let content: UNNotificationContent
    private var handler: ((UNNotificationContent) -> Void)?

    init(content: UNNotificationContent, handler: @escaping (UNNotificationContent) -> Void) {
        self.content = content
        self.handler = handler
    }

    func end(with details: Details? = nil) {
        let hand = lock.withLock {
            defer { handler = nil }
            return handler
        }
        guard let details, let told = content.mutableCopy() as? UNMutableNotificationContent else {
            hand?(content)
            return
        }
        told.title = details.application
        told.body = details.message
        hand?(told)
    }
}
