// Takes up an invitation, step by step: who it is, the code if one is asked for, this phone's name, done.

import CountersignCore
import Platform

public struct EnrollState: Sendable {
    /// Who invites whom. While `details.check` asks for a code, that comes first.
    public internal(set) var details: OfferDetails
    public internal(set) var deviceName: String
    /// Seconds until the mailed code can be asked for again; 0 now.
    public internal(set) var resendIn: UInt64 = 0
    /// The end: the confirmation code is compared with the server's screen.
    public internal(set) var enrolled: EnrolledDevice?

    public var codeNeeded: Bool { details.check != .none }
}

@MainActor
public final class EnrollModel: Model<EnrollState> {
    private weak var vault: OpenVault?
    private let phone: Phone
    private let core: CountersignCore
    private var offer: EnrollmentOffer
    private var resendAt: UInt64 = 0

    init(vault: OpenVault, offer: EnrollmentOffer) {
        self.vault = vault
        phone = vault.phone
        self.offer = offer
        core = vault.core
        super.init(EnrollState(details: offer.details(), deviceName: phone.deviceName))
    }

    public func name(_ deviceName: String) {
        state.deviceName = deviceName
    }

    public func verify(code: String) {
        work { [core, offer] in
            self.offer = try await wanted { try await core.verifyEnrollment(offer: offer, code: code) }
            self.state.details = self.offer.details()
        }
    }

    public func resend() {
        work { [core, offer, phone] in
            let seconds = try await wanted { try await core.resendCode(offer: offer) }
            self.resendAt = phone.uptime() + seconds * 1000
            self.tick()
        }
    }

    /// The person's yes.
    public func enroll() {
        work { [core, offer, vault, phone, name = state.deviceName] in
            let token = phone.notifications.token
            let enrolled = try await wanted {
                try await core.enroll(offer: offer, deviceName: name, platform: .ios, deviceToken: token)
            }
            self.state.enrolled = enrolled
            vault?.accounts.refresh()
        }
    }

    func tick() {
        state.resendIn = secondsUntil(resendAt, from: phone)
    }
}

/// Whole seconds until a moment of the phone's uptime; 0 when it is over.
@MainActor
func secondsUntil(_ moment: UInt64, from phone: Phone) -> UInt64 {
    let now = phone.uptime()
    return moment > now ? (moment - now + 999) / 1000 : 0
}
