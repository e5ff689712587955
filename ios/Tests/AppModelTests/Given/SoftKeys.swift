// The fake Secure Enclave: real P-256 keys in memory, which can be lost, refused, or break, as on a phone.

import CountersignCore
import Foundation
import P256

final class SoftKeys: PlatformKeyStore, @unchecked Sendable {
    /// What happens when the phone asks for its owner: nothing, or something is thrown.
    typealias Prompt = @Sendable () async throws -> Void

    struct Broken: Error, CustomStringConvertible {
        let description = "broken\n\tat Secret.open(/private/var/Secret.swift:7)"
    }

    static let confirmed: Prompt = {}
    static let closed: Prompt = { throw PlatformKeyError.Cancelled }
    static let broken: Prompt = { throw Broken() }

    private let guarding = NSLock()
    private var signing: [String: OpaquePointer] = [:]
    private var wrapped: [Data: Data] = [:]
    private var prompting: Prompt = {}
    private var asked = 0
    private var vouching: AppAttestation?
    private var challenges: [Data] = []

    deinit { signing.values.forEach(p256_free) }

    /// What the owner does from now on.
    var prompt: Prompt {
        get { guarding.withLock { prompting } }
        set { guarding.withLock { prompting = newValue } }
    }

    /// What the phone says for the app from now on.
    var vouched: AppAttestation? {
        get { guarding.withLock { vouching } }
        set { guarding.withLock { vouching = newValue } }
    }

    /// Over what it was to say so.
    var vouchedOver: [Data] { guarding.withLock { challenges } }

    /// How often the phone has asked for its owner.
    var prompts: Int { guarding.withLock { asked } }

    /// The phone was restored from a backup: what was in its hardware is not there any more.
    func lose() {
        guarding.withLock {
            signing.values.forEach(p256_free)
            signing = [:]
            wrapped = [:]
        }
    }

    func generate(alias: String, keyUse: KeyUse, challenge: Data) async throws -> NewKey {
        try guarding.withLock {
            guard let key = p256_new() else { throw PlatformKeyError.Unavailable(reason: "no key") }
            signing[name(alias, keyUse)].map(p256_free)
            signing[name(alias, keyUse)] = key
            var point = [UInt8](repeating: 0, count: P256_POINT)
            guard p256_point(key, &point) == 1 else { throw PlatformKeyError.Unavailable(reason: "no point") }
            return NewKey(point: Data(point), certificates: [])
        }
    }

    func attestApp(challenge: Data) async throws -> AppAttestation? {
        guarding.withLock {
            challenges.append(challenge)
            return vouching
        }
    }

    func sign(alias: String, keyUse: KeyUse, message: Data, context: String) async throws -> Data {
        if keyUse == .verification { try await owner() }
        return try guarding.withLock {
            guard let key = signing[name(alias, keyUse)] else { throw PlatformKeyError.Missing }
            var signature = [UInt8](repeating: 0, count: P256_SIGNATURE)
            let length = p256_sign(key, Array(message), message.count, &signature)
            guard length > 0 else { throw PlatformKeyError.Unavailable(reason: "no signature") }
            return Data(signature[..<length])
        }
    }

    func wrap(alias: String, plain: Data) async throws -> Data {
        try await owner()
        return guarding.withLock {
            let sealed = Data(UUID().uuidString.utf8)
            wrapped[sealed] = plain
            return sealed
        }
    }

    func unwrap(alias: String, wrapped sealed: Data) async throws -> Data {
        try await owner()
        return try guarding.withLock {
            guard let plain = wrapped[sealed] else { throw PlatformKeyError.Missing }
            return plain
        }
    }

    func delete(alias: String) async throws {
        guarding.withLock {
            for name in [name(alias, .possession), name(alias, .verification)] {
                signing.removeValue(forKey: name).map(p256_free)
            }
        }
    }

    private func owner() async throws {
        let prompt = guarding.withLock {
            asked += 1
            return prompting
        }
        try await prompt()
    }

    private func name(_ alias: String, _ keyUse: KeyUse) -> String { "\(alias) \(keyUse)" }
}
