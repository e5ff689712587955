// How this phone knows its owner, for the words on buttons. The asking itself is done by the keys.

import LocalAuthentication
import Platform

struct DeviceBiometry: Biometry {
    var kind: BiometryKind {
        let phone = LAContext()
        guard phone.canEvaluatePolicy(.deviceOwnerAuthentication, error: nil) else { return .none }
        guard phone.canEvaluatePolicy(.deviceOwnerAuthenticationWithBiometrics, error: nil) else { return .passcode }
        return switch phone.biometryType {
        case .faceID, .opticID: .face
        case .touchID: .fingerprint
        default: .passcode
        }
    }
}
