// Compile-only declarations of LocalAuthentication, as far as the adapters use it.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

public enum LAPolicy: Int, Sendable { case deviceOwnerAuthenticationWithBiometrics = 1, deviceOwnerAuthentication }
public enum LABiometryType: Int, Sendable { case none, touchID, faceID, opticID = 4 }
open class LAContext: NSObject {
    open var interactionNotAllowed = false
    open var localizedReason = ""
    open var biometryType: LABiometryType { stub() }
    open func canEvaluatePolicy(_ policy: LAPolicy, error: UnsafeMutablePointer<NSError?>?) -> Bool { stub() }
}
public struct LAError: Error {
    public enum Code: Int, Sendable {
        case authenticationFailed = -1
        case userCancel = -2
        case userFallback = -3
        case systemCancel = -4
        case passcodeNotSet = -5
        case biometryNotAvailable = -6
        case biometryNotEnrolled = -7
        case biometryLockout = -8
        case appCancel = -9
        case notInteractive = -1004
    }
}
public let LAErrorDomain = "com.apple.LocalAuthentication"
