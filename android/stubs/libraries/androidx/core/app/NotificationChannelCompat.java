package androidx.core.app;

/** Stub of androidx.core 1.16. */
public class NotificationChannelCompat {
    public static class Builder {
        public Builder(String id, int importance) {}

        public native NotificationChannelCompat build();

        public native Builder setDescription(String description);

        public native Builder setName(CharSequence name);
    }
}
