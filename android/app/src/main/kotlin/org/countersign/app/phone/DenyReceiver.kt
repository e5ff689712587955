package org.countersign.app.phone

import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import kotlinx.coroutines.launch
import org.countersign.app.CountersignApp
import org.countersign.app.model.deny

/** The button Deny of a notification: denies without opening the app, as long as the vault is open. */
class DenyReceiver : BroadcastReceiver() {
    override fun onReceive(
        context: Context,
        intent: Intent,
    ) {
        val request = intent.getStringExtra(Notices.EXTRA_REQUEST) ?: return
        val app = CountersignApp.of(context)
        // The system may end the process as soon as this returns, unless it is told to wait.
        val waiting = goAsync()
        app.scope.launch {
            try {
                app.notices.denied(request, done = app.model.deny(request))
            } finally {
                waiting.finish()
            }
        }
    }
}
