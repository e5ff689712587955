// Asks the system to wake the app from time to time. When, and whether, the system decides; what is done then is in
// CountersignApp.swift.

import BackgroundTasks
import Foundation
import Platform

struct WakeUps: BackgroundRefresh {
    /// Also in Info.plist, where the system looks it up.
    static let task = (Bundle.main.bundleIdentifier ?? "") + ".refresh"
    private static let earliest: TimeInterval = 15 * 60

    func schedule() {
        let request = BGAppRefreshTaskRequest(identifier: Self.task)
        request.earliestBeginDate = Date(timeIntervalSinceNow: Self.earliest)
        // Refused where the person has switched background refresh off: then pushes and the open app have to do.
        try? BGTaskScheduler.shared.submit(request)
    }
}
