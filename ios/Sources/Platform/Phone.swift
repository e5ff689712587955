// What the models want of the phone under them. The app fills it in once; tests do it with plain classes.

import CountersignCore

/// The phone, as far as the models need it.
public struct Phone: Sendable {
    /// Where the vault's file is, or will be.
    public let vaultPath: String
    /// The phone's hardware keys, by the core's own protocol.
    public let keys: any PlatformKeyStore
    public let clipboard: any Clipboard
    /// Milliseconds of a clock that nobody can set, for counting down.
    public let uptime: @Sendable () -> UInt64
    /// The name that this phone is offered under when it is enrolled.
    public let deviceName: String
    public let notifications: any Notifications
    public let refresh: any BackgroundRefresh
    public let connection: ConnectionOptions

    public init(
        vaultPath: String,
        keys: any PlatformKeyStore,
        clipboard: any Clipboard,
        uptime: @escaping @Sendable () -> UInt64,
        deviceName: String,
        notifications: any Notifications,
        refresh: any BackgroundRefresh,
        connection: ConnectionOptions = ConnectionOptions(caPem: nil)
    ) {
        self.vaultPath = vaultPath
        self.keys = keys
        self.clipboard = clipboard
        self.uptime = uptime
        self.deviceName = deviceName
        self.notifications = notifications
        self.refresh = refresh
        self.connection = connection
    }

    /// The same phone with its keys behind something else.
    public func with(keys: any PlatformKeyStore) -> Phone {
        Phone(
            vaultPath: vaultPath, keys: keys, clipboard: clipboard, uptime: uptime, deviceName: deviceName,
            notifications: notifications, refresh: refresh, connection: connection)
    }
}

/// The clipboard of this phone alone, as far as codes need it.
public protocol Clipboard: Sendable {
    /// Copies a code, marked as sensitive, and has it taken away after so many seconds.
    @MainActor func copy(code: String, wipeAfterSeconds: UInt16)
}

/// What the person shows to be who they are. The asking itself is done by the key that needs it.
public protocol Biometry: Sendable {
    /// What there is now; it changes in the phone's settings.
    @MainActor var kind: BiometryKind { get }
}

/// How a phone knows its owner.
public enum BiometryKind: Sendable, Equatable {
    case face
    case fingerprint
    /// Only the phone's own passcode.
    case passcode
    /// The phone has no lock at all, so no key can wait for its owner.
    case none
}

/// The system's notifications.
public protocol Notifications: Sendable {
    /// Where pushes reach this app; none without the person's leave, or as long as it is not known.
    @MainActor var token: String? { get }
    /// Takes away what is shown about requests that wait no more: all but these.
    @MainActor func keepOnly(requests: [String])
}

/// Being woken from time to time.
public protocol BackgroundRefresh: Sendable {
    /// Asks the system to wake the app later, so that what was answered elsewhere is not shown for long.
    @MainActor func schedule()
}
