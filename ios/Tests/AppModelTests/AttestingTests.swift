// What the phone says for the app, and so for its keys, arrives at the server, which judges it.

@testable import AppModel
import CountersignCore
import Foundation
import Testing

extension WithServer {
    @MainActor
    @Suite struct AttestingTests {
        let phone: TestPhone

        init() async throws {
            try await Party.network(up: true)
            phone = try TestPhone()
            try await phone.create()
        }

        @Test func whatThePhoneSaysForTheAppIsSentWithTheKeys() async throws {
            phone.keys.vouched = AppAttestation(keyId: Data([1, 2]), object: Data([3, 4]))
            let user = "ann with a phone that attests"
            _ = try await phone.enrol(try await Party.link(user))
            #expect(try await attestations(of: user) == [.text("apple-app-attest")])
            #expect(phone.keys.vouchedOver.map(\.count) == [32])
        }

        @Test func aPhoneThatSaysNothingIsEnrolledAllTheSame() async throws {
            let user = "ann with a phone that is mute"
            _ = try await phone.enrol(try await Party.link(user))
            #expect(try await attestations(of: user) == [Value?.some(Value.none)])
        }

        private func attestations(of user: String) async throws -> [Value?] {
            let devices = try await Party.ask("/devices", ["user": .text(user)])["devices"]?.list ?? []
            return devices.map { $0.members?["attestation"] }
        }
    }
}
