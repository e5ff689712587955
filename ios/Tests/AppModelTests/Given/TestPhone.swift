// A phone made of plain classes, with a folder of its own.

import AppModel
import CountersignCore
import Foundation
import Platform

@MainActor
final class TestPhone {
    let folder: URL
    let keys = SoftKeys()
    let clipboard = TestClipboard()
    let notifications = TestNotifications()
    let refresh = TestRefresh()
    let watch = StopWatch()
    private(set) lazy var app = AppModel(phone: phone)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("countersign-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var vaultPath: String { folder.appendingPathComponent("vault.db").path }

    private var phone: Phone {
        Phone(
            vaultPath: vaultPath, keys: keys, clipboard: clipboard, uptime: { [watch] in watch.milliseconds },
            deviceName: "Ann's phone", notifications: notifications, refresh: refresh)
    }

    /// The app is started once more, as after the system has ended it.
    func restart() {
        app.lock()
        app = AppModel(phone: phone)
        app.start()
    }

    /// Creates the vault, and waits until it is open.
    @discardableResult
    func create(password: String = "correct horse", byPhone: Bool = false) async -> OpenVault {
        app.start()
        app.create(password: password, byPhone: byPhone)
        await until { self.app.isOpen && self.app.doing != .working }
        return vault
    }

    /// The open vault; a test that has none has failed before.
    var vault: OpenVault {
        guard case .open(let vault, _) = app.state else { fatalError("the vault is not open: \(app.state)") }
        return vault
    }
}

/// The state by its parts.
extension AppModel {
    var hasNoVault: Bool { if case .noVault = state { true } else { false } }
    var isOpen: Bool { if case .open = state { true } else { false } }
    var isLocked: Bool { ways != nil }
    var ways: [WayToUnlock]? { if case .locked(let ways, _) = state { ways } else { nil } }
    var recovery: RecoveryModel? { if case .cannotOpen(let recovery) = state { recovery } else { nil } }

    var keyLost: Bool {
        switch state {
        case .locked(_, let keyLost), .open(_, let keyLost): keyLost
        default: false
        }
    }
}

@MainActor
final class TestClipboard: Clipboard {
    private(set) var code: String?
    private(set) var wipeAfterSeconds: UInt16?

    func copy(code: String, wipeAfterSeconds: UInt16) {
        self.code = code
        self.wipeAfterSeconds = wipeAfterSeconds
    }
}

@MainActor
final class TestNotifications: Notifications {
    let token: String? = nil
    private(set) var kept: [String] = []

    func keepOnly(requests: [String]) { kept = requests }
}

@MainActor
final class TestRefresh: BackgroundRefresh {
    private(set) var scheduled = 0

    func schedule() { scheduled += 1 }
}

/// Time that passes when a test says so.
final class StopWatch: @unchecked Sendable {
    private let guarding = NSLock()
    private var passed: UInt64 = 1_000_000

    var milliseconds: UInt64 { guarding.withLock { passed } }

    func pass(seconds: UInt64) { guarding.withLock { passed += seconds * 1000 } }
}
