// Some seconds after the app was left, so that no write to the vault is cut off. Its file is in a folder that is shared with the
// extension, and the system ends an app that goes to sleep while it holds a lock there.

import UIKit

@MainActor
final class FinishingTime {
    private var asked = UIBackgroundTaskIdentifier.invalid
    /// A write takes milliseconds, one that waits for another process two seconds at most.
    private static let longest = Duration.seconds(4)

    func ask() {
        guard asked == .invalid else { return }
        asked = UIApplication.shared.beginBackgroundTask(withName: "finish") { [weak self] in self?.end() }
        Task {
            try? await Task.sleep(for: Self.longest)
            end()
        }
    }

    private func end() {
        guard asked != .invalid else { return }
        UIApplication.shared.endBackgroundTask(asked)
        asked = .invalid
    }
}
