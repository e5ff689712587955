// Stub of UnifiedPush's connector 3.0.
package org.unifiedpush.android.connector

import android.app.Service
import android.content.Context
import android.content.Intent
import android.os.IBinder
import org.unifiedpush.android.connector.data.PushEndpoint
import org.unifiedpush.android.connector.data.PushMessage

enum class FailedReason { INTERNAL_ERROR, NETWORK, ACTION_REQUIRED, VAPID_REQUIRED, UNAUTHORIZED, UNKNOWN }

abstract class PushService : Service() {
    final override external fun onBind(intent: Intent?): IBinder?
    abstract fun onNewEndpoint(endpoint: PushEndpoint, instance: String)
    abstract fun onMessage(message: PushMessage, instance: String)
    abstract fun onRegistrationFailed(reason: FailedReason, instance: String)
    abstract fun onUnregistered(instance: String)
}

object UnifiedPush {
    @JvmStatic external fun getDistributors(context: Context): List<String>
    @JvmStatic external fun getSavedDistributor(context: Context): String?
    @JvmStatic external fun tryUseCurrentOrDefaultDistributor(context: Context, callback: (Boolean) -> Unit)
    @JvmStatic external fun register(
        context: Context, instance: String = "default", messageForDistributor: String? = null, vapid: String? = null,
    )
}
