package androidx.core.app;

import android.app.Notification;
import android.content.Context;

/** Stub of androidx.core 1.16. */
public final class NotificationManagerCompat {
    public static final int IMPORTANCE_HIGH = 4;

    public native boolean areNotificationsEnabled();

    public native void cancel(String tag, int id);

    public native void createNotificationChannel(NotificationChannelCompat channel);

    public static native NotificationManagerCompat from(Context context);

    public native void notify(String tag, int id, Notification notification);
}
