// The phone's keys, whose prompts can be given up. UniFFI does not tell Rust that a Swift task was cancelled, so a prompt that
// nobody waits for would still approve: what was given up here says `Cancelled` to the core, whatever the person does later.

import CountersignCore
import Foundation

final class Prompts: PlatformKeyStore {
    private let keys: any PlatformKeyStore
    private let open = Open()

    init(keys: any PlatformKeyStore) {
        self.keys = keys
    }

    /// Ends every prompt that is open.
    func giveUp() {
        open.cancel()
    }

    func generate(alias: String, keyUse: KeyUse, challenge: Data) async throws -> NewKey {
        try await cancellable { [keys] in
            try await keys.generate(alias: alias, keyUse: keyUse, challenge: challenge)
        }
    }

    func attestApp(challenge: Data) async throws -> AppAttestation? {
        try await cancellable { [keys] in try await keys.attestApp(challenge: challenge) }
    }

    func sign(alias: String, keyUse: KeyUse, message: Data, context: String) async throws -> Data {
        try await cancellable { [keys] in
            try await keys.sign(alias: alias, keyUse: keyUse, message: message, context: context)
        }
    }

    func wrap(alias: String, plain: Data) async throws -> Data {
        try await cancellable { [keys] in try await keys.wrap(alias: alias, plain: plain) }
    }

    func unwrap(alias: String, wrapped: Data) async throws -> Data {
        try await cancellable { [keys] in try await keys.unwrap(alias: alias, wrapped: wrapped) }
    }

    func delete(alias: String) async throws {
        try await keys.delete(alias: alias)
    }

    private func cancellable<Answer: Sendable>(
        _ prompt: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let task = Task {
            do {
                let answer = try await prompt()
                try Task.checkCancellation()
                return answer
            } catch is CancellationError { throw PlatformKeyError.Cancelled }
        }
        let number = open.add { task.cancel() }
        defer { open.remove(number) }
        return try await task.value
    }

    private final class Open: @unchecked Sendable {
        private let guarding = NSLock()
        private var endings: [UInt64: @Sendable () -> Void] = [:]
        private var added: UInt64 = 0

        func add(_ ending: @escaping @Sendable () -> Void) -> UInt64 {
            guarding.withLock {
                added += 1
                endings[added] = ending
                return added
            }
        }

        func remove(_ number: UInt64) {
            guarding.withLock { endings[number] = nil }
        }

        func cancel() {
            guarding.withLock { endings.values.forEach { $0() } }
        }
    }
}
