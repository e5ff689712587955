// The fake Secure Enclave: real P-256 keys in memory, which can be lost, refused, or break, as on a phone.

import CountersignCore
import Foundation
import P256

final class SoftKeys: PlatformKeyStore, @unchecked Sendable {
    /// What the next calls come to.
    enum Mood: Sendable {
        case fine
        /// The person closes every prompt.
        case closed
        /// Something is thrown that no caller knows of.
        case broken
    }

    struct Broken: Error, CustomStringConvertible {
        let description = "broken at Secret.open(/private/var/Secret.swift:7)"
    }

    private let guarding = NSLock()
    private var signing: [String: OpaquePointer] = [:]
    private var wrapped: [Data: Data] = [:]
    private var mood = Mood.fine
    private var prompts: [String] = []

    deinit { signing.values.forEach(p256_free) }

    func be(_ mood: Mood) { guarding.withLock { self.mood = mood } }

    /// The phone was restored from a backup: what was in its hardware is not there any more.
    func lose() {
        guarding.withLock {
            signing.values.forEach(p256_free)
            signing = [:]
            wrapped = [:]
        }
    }

    /// The applications that were named in prompts for the person's verification.
    var asked: [String] { guarding.withLock { prompts } }

    func generate(alias: String, keyUse: KeyUse) async throws -> Data {
        try guarding.withLock {
            try answer()
            guard let key = p256_new() else { throw PlatformKeyError.Unavailable(reason: "no key") }
            signing[name(alias, keyUse)].map(p256_free)
            signing[name(alias, keyUse)] = key
            var point = [UInt8](repeating: 0, count: P256_POINT)
            guard p256_point(key, &point) == 1 else { throw PlatformKeyError.Unavailable(reason: "no point") }
            return Data(point)
        }
    }

    func sign(alias: String, keyUse: KeyUse, message: Data, context: String) async throws -> Data {
        try guarding.withLock {
            if keyUse == .verification {
                prompts.append(context)
                try answer()
            }
            guard let key = signing[name(alias, keyUse)] else { throw PlatformKeyError.Missing }
            var signature = [UInt8](repeating: 0, count: P256_SIGNATURE)
            let length = p256_sign(key, Array(message), message.count, &signature)
            guard length > 0 else { throw PlatformKeyError.Unavailable(reason: "no signature") }
            return Data(signature[..<length])
        }
    }

    func wrap(alias: String, plain: Data) async throws -> Data {
        try guarding.withLock {
            try answer()
            let sealed = Data(UUID().uuidString.utf8)
            wrapped[sealed] = plain
            return sealed
        }
    }

    func unwrap(alias: String, wrapped sealed: Data) async throws -> Data {
        try guarding.withLock {
            try answer()
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

    private func answer() throws {
        switch mood {
        case .fine: return
        case .closed: throw PlatformKeyError.Cancelled
        case .broken: throw Broken()
        }
    }

    private func name(_ alias: String, _ keyUse: KeyUse) -> String { "\(alias) \(keyUse)" }
}
