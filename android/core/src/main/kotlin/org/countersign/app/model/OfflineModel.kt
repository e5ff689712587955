package org.countersign.app.model

import kotlinx.coroutines.CoroutineScope
import org.countersign.core.OfflineDigits
import org.countersign.core.OfflineSignIn
import org.countersign.core.PendingRequest

/** A sign-in that was scanned. */
class OfflineState(
    val request: PendingRequest,
    /** There once the person has approved: to be typed into the login page. */
    val digits: OfflineDigits? = null,
    val secondsLeft: Long = 0,
)

/** Approves a scanned sign-in without a network. Who wants to refuse it cancels on the login page. */
class OfflineModel internal constructor(
    private val vault: OpenVault,
    private val signIn: OfflineSignIn,
    parent: CoroutineScope,
) : Model<OfflineState>(parent, OfflineState(signIn.details())) {
    @Volatile private var endsAt = 0L

    /** The person's yes. */
    fun approve() =
        work {
            val digits = vault.core.approveOffline(signIn)
            endsAt = vault.phone.uptime() + digits.secondsLeft.toLong() * MILLIS
            tell { OfflineState(it.request, digits, digits.secondsLeft.toLong()) }
        }

    internal fun tick() =
        tell {
            val left = (endsAt - vault.phone.uptime() + MILLIS - 1) / MILLIS
            OfflineState(it.request, it.digits.takeIf { left > 0 }, left.coerceAtLeast(0))
        }

    private companion object {
        const val MILLIS = 1000L
    }
}
