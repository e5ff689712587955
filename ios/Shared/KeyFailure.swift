// What the platform's refusals mean to the core. The texts are for support: numbers, never a name or a key's tag.

import CountersignCore
import Foundation
import LocalAuthentication
import Security

enum KeyFailure {
    static func of(_ status: OSStatus) -> PlatformKeyError {
        switch status {
        case errSecItemNotFound: .Missing
        case errSecUserCanceled: .Cancelled
        case errSecInteractionNotAllowed, errSecNotAvailable: .AuthenticationRequired
        case errSecAuthFailed, errSecInvalidKeyRef: .Invalidated
        default: unavailable("Security \(status)")
        }
    }

    static func of(_ failure: Unmanaged<CFError>?) -> PlatformKeyError {
        guard let error = failure?.takeRetainedValue() as (any Error)? else { return unavailable("no reason given") }
        let known = error as NSError
        return switch known.domain {
        case LAErrorDomain: ofPrompt(known.code)
        case NSOSStatusErrorDomain: of(OSStatus(truncatingIfNeeded: known.code))
        default: unavailable("\(known.domain) \(known.code)")
        }
    }

    static func unavailable(_ reason: String) -> PlatformKeyError { .Unavailable(reason: reason) }

    private static func ofPrompt(_ code: Int) -> PlatformKeyError {
        switch LAError.Code(rawValue: code) {
        case .userCancel, .appCancel, .systemCancel, .userFallback: .Cancelled
        case .authenticationFailed, .biometryLockout, .biometryNotAvailable, .biometryNotEnrolled, .notInteractive,
            .passcodeNotSet:
            .AuthenticationRequired
        default: unavailable("LocalAuthentication \(code)")
        }
    }
}
