// A phone made of plain classes, with a folder of its own.

@testable import AppModel
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
        app.inFront()
    }

    /// Creates the vault, with the app in front, and waits until it is open.
    @discardableResult
    func create(password: String = "correct horse", byPhone: Bool = false) async throws -> OpenVault {
        app.start()
        app.inFront()
        app.create(password: password, byPhone: byPhone)
        _ = try await app.settled()
        return try vault
    }

    var vault: OpenVault {
        get throws {
            guard case .open(let vault, _) = app.state else { throw Wrong("the vault is not open: \(app.state)") }
            return vault
        }
    }

    /// The topmost screen.
    var top: Screen {
        get throws {
            guard let top = try vault.state.screens.last else { throw Wrong("no screen is open") }
            return top
        }
    }

    /// Opens a link from outside, and returns what was found and its one item.
    func scan(_ link: String) throws -> (ScanModel, ScannedItem) {
        app.openLink(link)
        guard case .scan(let scan) = try top, let item = scan.state.page.items.first, scan.state.page.items.count == 1
        else { throw Wrong("not one thing was found in \(link)") }
        return (scan, item)
    }

    func add(_ link: String) async throws -> ScanState {
        let (scan, item) = try scan(link)
        scan.add(item: item.id)
        try await scan.succeeds()
        try vault.back()
        return scan.state
    }

    /// Takes up an invitation, and returns what was enrolled.
    func enrol(_ link: String, name: String? = nil) async throws -> EnrolledDevice {
        let (scan, item) = try scan(link)
        scan.enroll(item: item.id)
        try await scan.succeeds()
        guard case .enroll(let enroll) = try top else { throw Wrong("there is no invitation") }
        name.map(enroll.name)
        enroll.enroll()
        try await enroll.succeeds()
        guard let enrolled = enroll.state.enrolled else { throw Wrong("nothing was enrolled") }
        try vault.back()
        return enrolled
    }

    /// Has the person asked, and opens the request.
    func ask(_ user: String, verify: Bool = false) async throws -> RequestModel {
        let asked = try await Party.ask("/ask", ["user": .text(user), "verify": .yes(verify)])
        guard let id = asked["id"]?.text else { throw Wrong("nothing was asked") }
        return try await request(id)
    }

    /// Waits until the request is in the inbox, and opens it.
    func request(_ id: String) async throws -> RequestModel {
        let vault = try vault
        try await until { vault.inbox.state.inbox?.pending.contains { $0.id == id } == true }
        app.openRequest(id: id)
        guard case .request(let model) = try top else { throw Wrong("the request is not open") }
        return model
    }
}

/// Why a test cannot go on.
struct Wrong: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension Model {
    /// Waits until nothing is under way.
    func settled() async throws -> Doing {
        try await until { self.doing != .working }
        return doing
    }

    func succeeds() async throws {
        if case .failed(let trouble) = try await settled() { throw Wrong("\(trouble)") }
    }

    /// By its code; or by its kind, where a network can break in several ways.
    func fails(_ code: String) async throws {
        guard case .failed(let trouble) = try await settled() else { throw Wrong("it did not fail with \(code)") }
        guard trouble.code == code || "\(trouble.kind)" == code else { throw Wrong("\(trouble), and not \(code)") }
        dismiss()
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
