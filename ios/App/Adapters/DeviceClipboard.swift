// Copied codes: on this phone only (no Handoff to other devices), and taken away by the system itself when their time is
// over, also when the app does not run any more.

import Platform
import UIKit
import UniformTypeIdentifiers

struct DeviceClipboard: Clipboard {
    func copy(code: String, wipeAfterSeconds: UInt16) {
        UIPasteboard.general.setItems(
            [[UTType.utf8PlainText.identifier: code]],
            options: [.localOnly: true, .expirationDate: Date(timeIntervalSinceNow: TimeInterval(wipeAfterSeconds))])
    }
}
