package androidx.activity;

import android.app.Activity;
import android.content.Intent;
import androidx.lifecycle.Lifecycle;
import androidx.lifecycle.LifecycleOwner;

/** Stub of androidx.activity 1.10. */
public class ComponentActivity extends Activity implements LifecycleOwner {
    public native Lifecycle getLifecycle();

    @Override
    protected native void onNewIntent(Intent intent);
}
