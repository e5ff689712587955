// The core's key store on the Secure Enclave: private keys are made in it and never leave it. What each key asks of the
// person is decided in KeyAccess.swift, what its refusals mean in KeyFailure.swift.

import CountersignCore
import Foundation
import LocalAuthentication
import Security

final class EnclaveKeys: PlatformKeyStore {
    /// What the prompt says: why the person is asked, given the name of the application.
    typealias Reason = @Sendable (_ application: String) -> String

    private let group: String
    private let access: KeyAccess
    private let mayAsk: Bool
    private let reason: Reason
    /// One prompt at a time; and the thread that waits for the person is none that others need.
    private let queue = DispatchQueue(label: "keys", qos: .userInitiated)

    /// `mayAsk` is false where nobody is there to be asked, as in a notification extension.
    init(group: String, access: KeyAccess, mayAsk: Bool, reason: @escaping Reason) {
        self.group = group
        self.access = access
        self.mayAsk = mayAsk
        self.reason = reason
    }

    /// The Secure Enclave says nothing of single keys, so the challenge has no use here.
    func generate(alias: String, keyUse: KeyUse, challenge: Data) async throws -> NewKey {
        try await onQueue { [self] in
            let role = KeyRole(keyUse)
            try forget(tag(alias, role))
            return NewKey(point: try publicPoint(make(alias, role)), certificates: [])
        }
    }

    func attestApp(challenge: Data) async throws -> AppAttestation? {
        await AppAttest.vouch(for: challenge)
    }

    func sign(alias: String, keyUse: KeyUse, message: Data, context: String) async throws -> Data {
        try await onQueue { [self] in
            let key = try find(alias, KeyRole(keyUse), asking: context)
            var failure: Unmanaged<CFError>?
            let signature = SecKeyCreateSignature(
                key, .ecdsaSignatureMessageX962SHA256, message as CFData, &failure)
            guard let signature else { throw KeyFailure.of(failure) }
            return signature as Data
        }
    }

    func wrap(alias: String, plain: Data) async throws -> Data {
        try await onQueue { [self] in
            defer { wipe(plain) }
            let key: SecKey
            do { key = try find(alias, .wrapping, asking: "") } catch PlatformKeyError.Missing {
                key = try make(alias, .wrapping)
            }
            guard let open = SecKeyCopyPublicKey(key) else { throw KeyFailure.unavailable("no public key") }
            var failure: Unmanaged<CFError>?
            let wrapped = SecKeyCreateEncryptedData(open, Self.wrapping, plain as CFData, &failure)
            guard let wrapped else { throw KeyFailure.of(failure) }
            return wrapped as Data
        }
    }

    func unwrap(alias: String, wrapped: Data) async throws -> Data {
        try await onQueue { [self] in
            let key = try find(alias, .wrapping, asking: "")
            var failure: Unmanaged<CFError>?
            let plain = SecKeyCreateDecryptedData(key, Self.wrapping, wrapped as CFData, &failure)
            guard let plain else { throw KeyFailure.of(failure) }
            return plain as Data
        }
    }

    func delete(alias: String) async throws {
        try await onQueue { [self] in
            for role in KeyRole.allCases { try forget(tag(alias, role)) }
        }
    }

    /// ECIES: a fresh key agreement with the enclave's key for each wrapping, then AES-GCM.
    private static let wrapping = SecKeyAlgorithm.eciesEncryptionCofactorVariableIVX963SHA256AESGCM

    private func onQueue<Answer: Sendable>(_ work: @escaping @Sendable () throws -> Answer) async throws -> Answer {
        try await withCheckedThrowingContinuation { waiting in
            queue.async { waiting.resume(with: Result(catching: work)) }
        }
    }

    private func make(_ alias: String, _ role: KeyRole) throws -> SecKey {
        let attributes: [CFString: Any] = [
            kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrKeySizeInBits: 256,
            kSecAttrTokenID: kSecAttrTokenIDSecureEnclave,
            kSecPrivateKeyAttrs: [
                kSecAttrIsPermanent: true,
                kSecAttrApplicationTag: tag(alias, role),
                kSecAttrAccessGroup: group,
                kSecAttrAccessControl: try access.control(role),
            ] as [CFString: Any],
        ]
        var failure: Unmanaged<CFError>?
        guard let key = SecKeyCreateRandomKey(attributes as CFDictionary, &failure) else {
            throw KeyFailure.of(failure)
        }
        return key
    }

    private func find(_ alias: String, _ role: KeyRole, asking application: String) throws -> SecKey {
        let prompt = LAContext()
        prompt.interactionNotAllowed = !mayAsk
        prompt.localizedReason = reason(application)
        var query = named(tag(alias, role))
        query[kSecReturnRef] = true
        query[kSecUseAuthenticationContext] = prompt
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        // Only a key answers this query, and Swift cannot ask a CF object for its type.
        guard status == errSecSuccess, let found else { throw KeyFailure.of(status) }
        // swift-format-ignore: NeverForceUnwrap
        return found as! SecKey
    }

    private func forget(_ tag: Data) throws {
        let status = SecItemDelete(named(tag) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw KeyFailure.of(status) }
    }

    private func named(_ tag: Data) -> [CFString: Any] {
        [
            kSecClass: kSecClassKey, kSecAttrKeyType: kSecAttrKeyTypeECSECPrimeRandom,
            kSecAttrApplicationTag: tag, kSecAttrAccessGroup: group,
        ]
    }

    private func tag(_ alias: String, _ role: KeyRole) -> Data {
        Data("\(role.rawValue)/\(alias)".utf8)
    }

    private func publicPoint(_ key: SecKey) throws -> Data {
        var failure: Unmanaged<CFError>?
        guard let open = SecKeyCopyPublicKey(key),
            let point = SecKeyCopyExternalRepresentation(open, &failure)
        else { throw KeyFailure.of(failure) }
        return point as Data
    }

    /// Overwrites the bytes where they are. Changing a `Data` that somebody else holds too would wipe a copy of it only.
    private func wipe(_ secret: Data) {
        secret.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            _ = memset_s(UnsafeMutableRawPointer(mutating: start), bytes.count, 0, bytes.count)
        }
    }
}
