package androidx.core.content;

import android.content.Intent;

/** Stub of androidx.core 1.16. */
public final class IntentCompat {
    public static native <T> T getParcelableExtra(Intent in, String name, Class<T> clazz);
}
