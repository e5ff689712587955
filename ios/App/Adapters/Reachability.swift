// Tells when the phone may have a network again, so that what waits is tried at once.

import Foundation
import Network

final class Reachability: Sendable {
    private let monitor = NWPathMonitor()

    init(isBack: @escaping @Sendable () -> Void) {
        monitor.pathUpdateHandler = { path in
            if path.status == .satisfied { isBack() }
        }
        monitor.start(queue: DispatchQueue(label: "reachability"))
    }

    deinit { monitor.cancel() }
}
