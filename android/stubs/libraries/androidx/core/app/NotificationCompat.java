package androidx.core.app;

import android.app.Notification;
import android.app.PendingIntent;
import android.content.Context;

/** Stub of androidx.core 1.16. */
public class NotificationCompat {
    public static final String CATEGORY_CALL = "call";
    public static final int PRIORITY_HIGH = 1;
    public static final int VISIBILITY_PRIVATE = 0;

    public static class Builder {
        public Builder(Context context, String channelId) {}

        public native Builder addAction(Action action);

        public native Notification build();

        public native Builder setAutoCancel(boolean autoCancel);

        public native Builder setCategory(String category);

        public native Builder setColor(int argb);

        public native Builder setContentIntent(PendingIntent intent);

        public native Builder setContentText(CharSequence text);

        public native Builder setContentTitle(CharSequence title);

        public native Builder setOnlyAlertOnce(boolean onlyAlertOnce);

        public native Builder setPriority(int pri);

        public native Builder setPublicVersion(Notification n);

        public native Builder setSmallIcon(int icon);

        public native Builder setSubText(CharSequence text);

        public native Builder setTimeoutAfter(long durationMs);

        public native Builder setVisibility(int visibility);
    }

    public static class Action {
        public static final class Builder {
            public Builder(int icon, CharSequence title, PendingIntent intent) {}

            public native Action build();

            public native Builder setAuthenticationRequired(boolean authenticationRequired);
        }
    }
}
