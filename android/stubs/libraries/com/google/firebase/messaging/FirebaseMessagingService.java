package com.google.firebase.messaging;

import android.app.Service;
import android.content.Intent;
import android.os.IBinder;

/** Stub of Firebase Messaging 24. */
public abstract class FirebaseMessagingService extends Service {
    public final native IBinder onBind(Intent intent);

    public native void onMessageReceived(RemoteMessage message);

    public native void onNewToken(String token);
}
