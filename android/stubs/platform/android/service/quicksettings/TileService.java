package android.service.quicksettings;

import android.app.PendingIntent;
import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Stub: API 24, with the safer way to open an activity of API 34. */
public class TileService extends Service {
    public native IBinder onBind(Intent intent);

    public native void onClick();

    public final native void startActivityAndCollapse(Intent intent);

    public final native void startActivityAndCollapse(PendingIntent pendingIntent);

    public final native void unlockAndRun(Runnable runnable);
}
