package androidx.camera.view;

import android.content.Context;
import android.widget.FrameLayout;
import androidx.camera.core.Preview;

/** Stub of CameraX 1.4. */
public final class PreviewView extends FrameLayout {
    public PreviewView(Context context) {
        super(context);
    }

    public native Preview.SurfaceProvider getSurfaceProvider();
}
