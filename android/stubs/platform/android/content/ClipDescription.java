package android.content;

import android.os.PersistableBundle;

/** Stub: with the extras of API 24. */
public class ClipDescription {
    public native CharSequence getLabel();

    public native PersistableBundle getExtras();

    public native void setExtras(PersistableBundle extras);
}
