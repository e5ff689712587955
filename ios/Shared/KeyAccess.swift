// What the Secure Enclave asks before it uses a key. No key can leave this phone: on a phone that was restored from another
// one's backup there is the vault, but none of its keys.

import CountersignCore
import Foundation
import Security

/// What a key is for. Its name is part of the key's tag in the Keychain.
enum KeyRole: String, CaseIterable, Sendable {
    case possession, verification, wrapping

    init(_ use: KeyUse) {
        switch use {
        case .possession: self = .possession
        case .verification: self = .verification
        }
    }
}

struct KeyAccess: Sendable {
    /// Whether unwrapping the vault's key asks for the person.
    let vaultNeedsPerson: Bool

    /// The person, each time. `biometryCurrentSet`: a face or finger that was added later does not count, and the passcode
    /// takes over. Without a passcode there is nobody to be recognised, and no such key can be made.
    private static let person: SecAccessControlCreateFlags = [
        .privateKeyUsage, .biometryCurrentSet, .or, .devicePasscode,
    ]

    func control(_ role: KeyRole) throws -> SecAccessControl {
        switch role {
        case .possession:
            // Asking for the inbox goes on while the phone is locked.
            try make(kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage)
        case .wrapping where !vaultNeedsPerson:
            // Not while the phone is locked: so a notification never learns who asks while it lies there.
            try make(kSecAttrAccessibleWhenUnlockedThisDeviceOnly, .privateKeyUsage)
        case .verification, .wrapping:
            try make(kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly, Self.person)
        }
    }

    private func make(_ protection: CFString, _ flags: SecAccessControlCreateFlags) throws -> SecAccessControl {
        var failure: Unmanaged<CFError>?
        guard let control = SecAccessControlCreateWithFlags(nil, protection, flags, &failure) else {
            throw KeyFailure.of(failure)
        }
        return control
    }
}
