// Approves a scanned sign-in without a network. Who wants to refuse it cancels on the login page.

import CountersignCore
import Platform

public struct OfflineState: Sendable {
    public internal(set) var request: PendingRequest
    /// There once the person has approved: to be typed into the login page.
    public internal(set) var digits: OfflineDigits?
    public internal(set) var secondsLeft: UInt64 = 0
}

@MainActor
public final class OfflineModel: Model<OfflineState> {
    private let core: CountersignCore
    private let phone: Phone
    private let signIn: OfflineSignIn
    private var endsAt: UInt64 = 0

    init(vault: OpenVault, signIn: OfflineSignIn) {
        core = vault.core
        phone = vault.phone
        self.signIn = signIn
        super.init(OfflineState(request: signIn.details()))
    }

    /// The person's yes.
    public func approve() {
        now {
            let digits = try core.approveOffline(signIn: signIn)
            endsAt = phone.uptime() + digits.secondsLeft * 1000
            state.digits = digits
            tick()
        }
    }

    func tick() {
        state.secondsLeft = secondsUntil(endsAt, from: phone)
        if state.secondsLeft == 0 { state.digits = nil }
    }
}
