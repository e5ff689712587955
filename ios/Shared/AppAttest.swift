// Apple's word that this is the app it says, on a phone of Apple's. It is given by a key of Apple's own over a hash that covers
// the two keys that the app has made in the Secure Enclave.

import CountersignCore
import DeviceCheck
import Foundation

enum AppAttest {
    /// None where the phone has no such word to give, or Apple is not reached: whether that will do is the server's to say.
    static func vouch(for challenge: Data) async -> AppAttestation? {
        let service = DCAppAttestService.shared
        guard service.isSupported,
            let name = try? await service.generateKey(), let id = Data(base64Encoded: name),
            let object = try? await service.attestKey(name, clientDataHash: challenge)
        else { return nil }
        return AppAttestation(keyId: id, object: object)
    }
}
