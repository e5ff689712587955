package org.countersign.app.phone

import android.app.Notification
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import androidx.core.app.NotificationChannelCompat
import androidx.core.app.NotificationCompat
import androidx.core.app.NotificationManagerCompat
import androidx.core.content.ContextCompat
import org.countersign.app.MainActivity
import org.countersign.app.R
import org.countersign.core.PendingRequest

/** Notifications of requests. On a locked screen they say that something waits, and nothing of what. */
class Notices(
    private val context: Context,
) {
    private val manager = NotificationManagerCompat.from(context)

    init {
        manager.createNotificationChannel(
            NotificationChannelCompat
                .Builder(CHANNEL, NotificationManagerCompat.IMPORTANCE_HIGH)
                .setName(context.getString(R.string.notice_channel))
                .setDescription(context.getString(R.string.notice_channel_text))
                .build(),
        )
    }

    /** A push came. `request` is what the app knows of it; none while the vault is locked. */
    fun show(
        id: String,
        request: PendingRequest?,
    ) {
        val notice =
            if (request == null) {
                builder(id, context.getString(R.string.notice_open)).setContentTitle(context.getString(R.string.notice_waiting))
            } else {
                builder(id, request.message).setContentTitle(request.application).setSubText(request.tenant)
            }
        // What the lock screen shows in the place of all that.
        notice.setPublicVersion(waiting(id))
        request?.let { notice.setTimeoutAfter(it.secondsLeft.toLong() * MILLIS) }
        notice.addAction(deny(id))
        post(id, notice.build())
    }

    /** What became of Deny. */
    fun denied(
        id: String,
        done: Boolean,
    ) {
        val words = if (done) R.string.notice_denied else R.string.notice_not_denied
        post(id, builder(id, context.getString(words)).setTimeoutAfter(SHORT).build())
    }

    fun remove(id: String) = manager.cancel(id, NOTICE)

    private fun waiting(id: String): Notification =
        builder(id, context.getString(R.string.notice_open)).setContentTitle(context.getString(R.string.notice_waiting)).build()

    private fun builder(
        id: String,
        text: String,
    ): NotificationCompat.Builder =
        NotificationCompat
            .Builder(context, CHANNEL)
            .setSmallIcon(R.drawable.ic_notice)
            .setColor(ContextCompat.getColor(context, R.color.brand))
            .setContentText(text)
            .setCategory(NotificationCompat.CATEGORY_CALL)
            .setPriority(NotificationCompat.PRIORITY_HIGH)
            .setVisibility(NotificationCompat.VISIBILITY_PRIVATE)
            .setAutoCancel(true)
            // A second push about the same request makes no second noise.
            .setOnlyAlertOnce(true)
            .setContentIntent(open(id))

    private fun open(id: String): PendingIntent {
        val intent = Intent(context, MainActivity::class.java).setAction(ACTION_REQUEST).putExtra(EXTRA_REQUEST, id)
        intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK or Intent.FLAG_ACTIVITY_SINGLE_TOP)
        return PendingIntent.getActivity(context, id.hashCode(), intent, FLAGS)
    }

    /** Denying needs only the phone, so the screen lock is not asked for. */
    private fun deny(id: String): NotificationCompat.Action {
        val intent = Intent(context, DenyReceiver::class.java).setAction(ACTION_DENY).putExtra(EXTRA_REQUEST, id)
        val pending = PendingIntent.getBroadcast(context, id.hashCode(), intent, FLAGS)
        return NotificationCompat.Action
            .Builder(0, context.getString(R.string.action_deny), pending)
            .setAuthenticationRequired(false)
            .build()
    }

    private fun post(
        id: String,
        notice: Notification,
    ) {
        val allowed = ContextCompat.checkSelfPermission(context, POST_NOTIFICATIONS) == PackageManager.PERMISSION_GRANTED
        // Before Android 13 there was nothing to allow.
        if (allowed || manager.areNotificationsEnabled()) manager.notify(id, NOTICE, notice)
    }

    companion object {
        const val ACTION_REQUEST = "org.countersign.app.REQUEST"
        const val ACTION_DENY = "org.countersign.app.DENY"
        const val EXTRA_REQUEST = "request"
        const val POST_NOTIFICATIONS = "android.permission.POST_NOTIFICATIONS"
        private const val CHANNEL = "requests"
        private const val NOTICE = 1
        private const val MILLIS = 1000L
        private const val SHORT = 5000L
        private const val FLAGS = PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT
    }
}
