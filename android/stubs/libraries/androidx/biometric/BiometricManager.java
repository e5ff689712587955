package androidx.biometric;

import android.content.Context;

/** Stub of androidx.biometric 1.1. */
public class BiometricManager {
    public static final int BIOMETRIC_SUCCESS = 0;

    public static native BiometricManager from(Context context);

    public native int canAuthenticate(int authenticators);

    public interface Authenticators {
        int BIOMETRIC_STRONG = 0x000F;
        int DEVICE_CREDENTIAL = 1 << 15;
    }
}
