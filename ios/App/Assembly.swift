// The model with this phone's adapters under it, made once.

import AppModel
import CountersignCore
import Foundation
import Platform
import SwiftUI
import UI
import UIKit

@MainActor
final class Assembly {
    let app: AppModel
    let surroundings: Surroundings
    let pushes: Pushes
    private let reachability: Reachability

    init() throws {
        let pushes = Pushes()
        let started = ContinuousClock.now
        let phone = Phone(
            vaultPath: try VaultPlace.file().path,
            keys: EnclaveKeys(
                group: Brand.group, access: KeyAccess(vaultNeedsPerson: Brand.vaultNeedsPerson), mayAsk: true,
                reason: { application in
                    application.isEmpty ? words("prompt_unlock") : "\(words("prompt_sign")) (\(application))"
                }),
            clipboard: DeviceClipboard(),
            // Goes on while the phone sleeps, and nobody can set it.
            uptime: { UInt64((ContinuousClock.now - started) / .milliseconds(1)) },
            deviceName: UIDevice.current.name, notifications: pushes, refresh: WakeUps())
        let app = AppModel(phone: phone)
        self.app = app
        self.pushes = pushes
        surroundings = Surroundings(
            camera: { scan, light, zoom in AnyView(CameraView(scan: scan, light: light, zoom: zoom)) },
            pasted: { UIPasteboard.general.string }, biometry: DeviceBiometry(),
            hearsPushes: { pushes.token != nil }, askForNotifications: { pushes.ask() },
            openSettings: { Self.openSettings() },
            backupFolder: try Self.backupFolder(), server: Brand.server)
        reachability = Reachability { Task { @MainActor in app.vault?.networkIsBack() } }
        pushes.app = app
    }

    /// Widgets open tabs, other apps hand over files, and every other link is the core's to understand.
    func open(_ url: URL) {
        switch url.absoluteString {
        case Shortcut.codes: app.vault?.show(.codes)
        case Shortcut.scan: app.openScan()
        default: app.openLink(url.absoluteString)
        }
    }

    static func openSettings() {
        if let page = URL(string: UIApplication.openSettingsURLString) { UIApplication.shared.open(page) }
    }

    /// A name, not a path: the system gives the app's folder another path with an update, and the vault keeps the name.
    private static func backupFolder() throws -> String {
        let files = FileManager.default
        let documents = try files.url(for: .documentDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
        guard files.changeCurrentDirectoryPath(documents.path) else { throw CocoaError(.fileNoSuchFile) }
        try files.createDirectory(atPath: backups, withIntermediateDirectories: true)
        return backups
    }

    private static let backups = "Backups"
}

extension AppModel {
    var vault: OpenVault? {
        guard case .open(let vault, _) = state else { return nil }
        return vault
    }
}
