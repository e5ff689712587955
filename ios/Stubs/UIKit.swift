// Compile-only declarations of UIKit, as far as the adapters use it.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

@MainActor open class UIResponder: NSObject {}
@MainActor open class UIView: UIResponder {
    public init(frame: CGRect) { stub() }
    public override convenience init() { stub() }
    public required init?(coder: NSCoder) { stub() }
    open var bounds: CGRect { stub() }
    open var layer: CALayer { stub() }
    open func layoutSubviews() { stub() }
}
open class CALayer: NSObject, @unchecked Sendable {
    open var frame: CGRect {
        get { stub() }
        set { stub() }
    }
    open func addSublayer(_ layer: CALayer) { stub() }
}

public struct UIBackgroundTaskIdentifier: Hashable, Sendable {
    public static let invalid = UIBackgroundTaskIdentifier()
}
@MainActor open class UIApplication: UIResponder {
    public struct LaunchOptionsKey: Hashable, Sendable {}
    public class var shared: UIApplication { stub() }
    public nonisolated class var openSettingsURLString: String { stub() }
    public nonisolated class var openNotificationSettingsURLString: String { stub() }
    public nonisolated class var didEnterBackgroundNotification: NSNotification.Name { stub() }
    public nonisolated class var protectedDataWillBecomeUnavailableNotification: NSNotification.Name { stub() }
    open func registerForRemoteNotifications() { stub() }
    open func open(_ url: URL) { stub() }
    public func beginBackgroundTask(
        withName name: String?, expirationHandler handler: (@MainActor @Sendable () -> Void)? = nil
    ) -> UIBackgroundTaskIdentifier { stub() }
    public func endBackgroundTask(_ identifier: UIBackgroundTaskIdentifier) { stub() }
}
@MainActor public protocol UIApplicationDelegate: NSObjectProtocol {
    func application(
        _ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool
    func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data)
    func application(_ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error)
}
extension UIApplicationDelegate {
    public func application(
        _ application: UIApplication, didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]?
    ) -> Bool { stub() }
    public func application(_ application: UIApplication, didRegisterForRemoteNotificationsWithDeviceToken token: Data)
    {}
    public func application(
        _ application: UIApplication, didFailToRegisterForRemoteNotificationsWithError error: any Error
    ) {}
}
@MainActor open class UIDevice: NSObject {
    public class var current: UIDevice { stub() }
    open var name: String { stub() }
}
open class UIPasteboard: NSObject {
    public struct OptionsKey: Hashable, Sendable {
        public static let localOnly = OptionsKey()
        public static let expirationDate = OptionsKey()
    }
    public class var general: UIPasteboard { stub() }
    open var string: String? { stub() }
    open func setItems(_ items: [[String: Any]], options: [OptionsKey: Any] = [:]) { stub() }
}

open class UIImage: NSObject, @unchecked Sendable { public init?(data: Data) { stub() } }
public enum UIKeyboardType: Int, Sendable { case `default`, numberPad }
public struct UITextContentType: Hashable, Sendable {
    public static let password = UITextContentType()
    public static let newPassword = UITextContentType()
    public static let oneTimeCode = UITextContentType()
}

// Foundation's own, which only Apple's systems have.
extension URL {
    public func startAccessingSecurityScopedResource() -> Bool { stub() }
    public func stopAccessingSecurityScopedResource() { stub() }
}
