package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.EnrolledDevice
import org.countersign.core.EnrollmentCheck
import org.countersign.core.EnrollmentOffer
import org.countersign.core.OfferDetails

/** An invitation to enrol. */
data class EnrollState(
    /** Who invites whom. While `details.check` asks for a code, that comes first. */
    val details: OfferDetails,
    val deviceName: String,
    /** Seconds until the mailed code can be asked for again; 0 now. */
    val resendIn: Long = 0,
    /** The end: the confirmation code is compared with the server's screen. */
    val enrolled: EnrolledDevice? = null,
) {
    val codeNeeded: Boolean get() = details.check != EnrollmentCheck.NONE
}

/** Takes up an invitation, step by step: who it is, the code if one is asked for, this phone's name, done. */
class EnrollModel internal constructor(
    private val vault: OpenVault,
    private var offer: EnrollmentOffer,
    parent: CoroutineScope,
) : Model<EnrollState>(parent, EnrollState(offer.details(), vault.phone.deviceName)) {
    private val core = vault.core

    @Volatile private var resendAt = 0L

    fun name(deviceName: String) = tell { it.copy(deviceName = deviceName) }

    fun verify(code: String) =
        work {
            offer = core.verifyEnrollment(offer, code)
            tell { it.copy(details = offer.details()) }
        }

    fun resend() =
        work {
            resendAt = vault.phone.uptime() + core.resendCode(offer).toLong() * MILLIS
            tick()
        }

    /** The person's yes. */
    fun enroll() =
        work {
            val phone = vault.phone
            val enrolled = core.enroll(offer, state.value.deviceName, phone.platform, phone.pushToken())
            tell { it.copy(enrolled = enrolled) }
            vault.accounts.refresh()
        }

    internal fun tick() {
        val left = (resendAt - vault.phone.uptime() + MILLIS - 1) / MILLIS
        tell { it.copy(resendIn = left.coerceAtLeast(0)) }
    }

    private companion object {
        const val MILLIS = 1000L
    }
}
