package org.countersign.app.push

import android.app.Activity
import android.content.Context
import com.google.firebase.FirebaseApp
import com.google.firebase.FirebaseOptions
import com.google.firebase.messaging.FirebaseMessaging
import org.countersign.app.CountersignApp
import org.countersign.app.R

/** Pushes by Google's service, with the project that branding.properties names. */
class Push(
    private val context: Context,
) {
    /** There is one service only. */
    val canChoose: Boolean get() = false

    fun start() {
        val project = context.getString(R.string.fcm_project)
        // An app without a project of its own works all the same: requests are seen while it is open.
        if (project.isEmpty()) return
        val options =
            FirebaseOptions
                .Builder()
                .setProjectId(project)
                .setApplicationId(context.getString(R.string.fcm_application))
                .setApiKey(context.getString(R.string.fcm_api_key))
                .setGcmSenderId(context.getString(R.string.fcm_sender))
                .build()
        FirebaseApp.initializeApp(context, options)
        val messaging = FirebaseMessaging.getInstance()
        messaging.isAutoInitEnabled = true
        messaging.token.addOnSuccessListener { CountersignApp.of(context).tokens.set(it) }
    }

    fun choose(
        @Suppress("UNUSED_PARAMETER") activity: Activity,
    ) = Unit
}
