// Compile-only declarations of UserNotifications, as far as the app and its extension use it.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

open class UNNotificationContent: NSObject {
    open var userInfo: [AnyHashable: Any] { stub() }
    open override func mutableCopy() -> Any { stub() }
}
open class UNMutableNotificationContent: UNNotificationContent {
    open var title = ""
    open var body = ""
}
open class UNNotificationRequest: NSObject {
    public init(identifier: String, content: UNNotificationContent, trigger: UNNotificationTrigger?) { stub() }
    open var identifier: String { stub() }
    open var content: UNNotificationContent { stub() }
}
open class UNNotificationTrigger: NSObject {}
open class UNNotification: NSObject { open var request: UNNotificationRequest { stub() } }
open class UNNotificationResponse: NSObject {
    open var notification: UNNotification { stub() }
    open var actionIdentifier: String { stub() }
}
public struct UNNotificationActionOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let authenticationRequired = Self(rawValue: 1)
    public static let destructive = Self(rawValue: 2)
    public static let foreground = Self(rawValue: 4)
}
open class UNNotificationAction: NSObject {
    public init(identifier: String, title: String, options: UNNotificationActionOptions = []) { stub() }
}
public struct UNNotificationCategoryOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
}
open class UNNotificationCategory: NSObject, @unchecked Sendable {
    public init(
        identifier: String, actions: [UNNotificationAction], intentIdentifiers: [String],
        hiddenPreviewsBodyPlaceholder: String, options: UNNotificationCategoryOptions = []
    ) { stub() }
}
public struct UNAuthorizationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let badge = Self(rawValue: 1)
    public static let sound = Self(rawValue: 2)
    public static let alert = Self(rawValue: 4)
}
public struct UNNotificationPresentationOptions: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
}
public enum UNAuthorizationStatus: Int, Sendable { case notDetermined, denied, authorized, provisional, ephemeral }
open class UNNotificationSettings: NSObject, @unchecked Sendable {
    open var authorizationStatus: UNAuthorizationStatus { stub() }
}
public protocol UNUserNotificationCenterDelegate: NSObjectProtocol {
    func userNotificationCenter(
        _ center: UNUserNotificationCenter, willPresent notification: UNNotification
    ) async -> UNNotificationPresentationOptions
    func userNotificationCenter(_ center: UNUserNotificationCenter, didReceive response: UNNotificationResponse) async
}
open class UNUserNotificationCenter: NSObject, @unchecked Sendable {
    public class func current() -> UNUserNotificationCenter { stub() }
    open weak var delegate: (any UNUserNotificationCenterDelegate)?
    open func requestAuthorization(options: UNAuthorizationOptions) async throws -> Bool { stub() }
    open func notificationSettings() async -> UNNotificationSettings { stub() }
    open func setNotificationCategories(_ categories: Set<UNNotificationCategory>) { stub() }
    open func getDeliveredNotifications(completionHandler: @escaping @Sendable ([UNNotification]) -> Void) { stub() }
    open func removeDeliveredNotifications(withIdentifiers identifiers: [String]) { stub() }
}
open class UNNotificationServiceExtension: NSObject {
    public override init() { stub() }
    open func didReceive(
        _ request: UNNotificationRequest, withContentHandler contentHandler: @escaping (UNNotificationContent) -> Void
    ) { stub() }
    open func serviceExtensionTimeWillExpire() { stub() }
}
