package androidx.biometric;

import androidx.fragment.app.FragmentActivity;
import java.security.Signature;
import java.util.concurrent.Executor;
import javax.crypto.Cipher;

/** Stub of androidx.biometric 1.1. */
public class BiometricPrompt {
    public static final int ERROR_TIMEOUT = 3;
    public static final int ERROR_CANCELED = 5;
    public static final int ERROR_LOCKOUT = 7;
    public static final int ERROR_LOCKOUT_PERMANENT = 9;
    public static final int ERROR_USER_CANCELED = 10;
    public static final int ERROR_NEGATIVE_BUTTON = 13;

    public BiometricPrompt(FragmentActivity activity, Executor executor, AuthenticationCallback callback) {}

    public native void authenticate(PromptInfo info, CryptoObject crypto);

    public native void cancelAuthentication();

    public static class CryptoObject {
        public CryptoObject(Signature signature) {}

        public CryptoObject(Cipher cipher) {}

        public native Signature getSignature();

        public native Cipher getCipher();
    }

    public static class AuthenticationResult {
        public native CryptoObject getCryptoObject();
    }

    public abstract static class AuthenticationCallback {
        public void onAuthenticationError(int errorCode, CharSequence errString) {}

        public void onAuthenticationSucceeded(AuthenticationResult result) {}
    }

    public static class PromptInfo {
        public static class Builder {
            public native Builder setTitle(CharSequence title);

            public native Builder setSubtitle(CharSequence subtitle);

            public native Builder setNegativeButtonText(CharSequence negativeButtonText);

            public native Builder setAllowedAuthenticators(int allowedAuthenticators);

            public native PromptInfo build();
        }
    }
}
