package android.content.pm;

/** Stub: with the name of StrongBox, API 28. */
public abstract class PackageManager {
    public static final int PERMISSION_GRANTED = 0;
    public static final String FEATURE_STRONGBOX_KEYSTORE = "android.hardware.strongbox_keystore";

    public abstract boolean hasSystemFeature(String featureName);
}
