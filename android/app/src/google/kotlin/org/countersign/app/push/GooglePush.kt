package org.countersign.app.push

import com.google.firebase.messaging.FirebaseMessagingService
import com.google.firebase.messaging.RemoteMessage
import org.countersign.app.CountersignApp

/** What Google's push service delivers. The message names a request and says nothing of it. */
class GooglePush : FirebaseMessagingService() {
    override fun onNewToken(token: String) {
        CountersignApp.of(this).tokens.set(token)
    }

    override fun onMessageReceived(message: RemoteMessage) {
        message.data["challenge"]?.let { CountersignApp.of(this).pushed(it) }
    }
}
