package org.countersign.app.push

import org.countersign.app.CountersignApp
import org.json.JSONException
import org.json.JSONObject
import org.unifiedpush.android.connector.FailedReason
import org.unifiedpush.android.connector.PushService
import org.unifiedpush.android.connector.data.PushEndpoint
import org.unifiedpush.android.connector.data.PushMessage

/** What the chosen push service delivers. The connector has decrypted it; it names a request and says nothing of it. */
class OpenPush : PushService() {
    /** As docs/push.md wants it: the endpoint, and the two keys behind `#`. */
    override fun onNewEndpoint(
        endpoint: PushEndpoint,
        instance: String,
    ) {
        val keys = endpoint.pubKeySet
        val token = keys?.let { "${endpoint.url}#p256dh=${it.pubKey}&auth=${it.auth}" }
        CountersignApp.of(this).tokens.set(token)
    }

    override fun onMessage(
        message: PushMessage,
        instance: String,
    ) {
        if (!message.decrypted) return
        val request =
            try {
                JSONObject(String(message.content)).optString("challenge")
            } catch (other: JSONException) {
                return
            }
        if (request.isNotEmpty()) CountersignApp.of(this).pushed(request)
    }

    override fun onRegistrationFailed(
        reason: FailedReason,
        instance: String,
    ) = CountersignApp.of(this).tokens.set(null)

    override fun onUnregistered(instance: String) = CountersignApp.of(this).tokens.set(null)
}
