package android.content;

/** Stub: with clearPrimaryClip of API 28. */
public class ClipboardManager {
    public native void clearPrimaryClip();

    public native ClipData getPrimaryClip();

    public native ClipDescription getPrimaryClipDescription();

    public native void setPrimaryClip(ClipData clip);
}
