// What the screens want of the phone besides the models: made by the app, which knows Apple's frameworks.

import AppModel
import Platform
import SwiftUI

@MainActor
public struct Surroundings {
    /// The live picture whose frames go to a scanner.
    let camera: @MainActor (_ scan: ScanModel, _ light: Bool, _ zoom: Double) -> AnyView
    /// The text in the clipboard. The system asks the person.
    let pasted: @MainActor () -> String?
    let biometry: any Biometry
    /// Whether pushes reach this app.
    let hearsPushes: @MainActor () -> Bool
    /// Asks for leave to show notifications, once; later it leads to the phone's settings.
    let askForNotifications: @MainActor () -> Void
    /// This app's page in the phone's settings.
    let openSettings: @MainActor () -> Void
    /// Where backups go.
    let backupFolder: String
    /// Where to ask for an invitation; none when the brand names no server.
    let server: String?

    public init(
        camera: @escaping @MainActor (_ scan: ScanModel, _ light: Bool, _ zoom: Double) -> AnyView,
        pasted: @escaping @MainActor () -> String?,
        biometry: any Biometry,
        hearsPushes: @escaping @MainActor () -> Bool, askForNotifications: @escaping @MainActor () -> Void,
        openSettings: @escaping @MainActor () -> Void,
        backupFolder: String, server: String?
    ) {
        self.camera = camera
        self.pasted = pasted
        self.biometry = biometry
        self.hearsPushes = hearsPushes
        self.askForNotifications = askForNotifications
        self.openSettings = openSettings
        self.backupFolder = backupFolder
        self.server = server
    }
}
