package androidx.core.content;

import android.content.Context;
import java.util.concurrent.Executor;

/** Stub of androidx.core 1.16. */
public class ContextCompat {
    public static native int checkSelfPermission(Context context, String permission);

    public static native int getColor(Context context, int id);

    public static native Executor getMainExecutor(Context context);
}
