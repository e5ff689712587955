package com.google.firebase.messaging;

import com.google.android.gms.tasks.Task;

/** Stub of Firebase Messaging 24. */
public class FirebaseMessaging {
    public static native FirebaseMessaging getInstance();

    public native Task<String> getToken();

    public native boolean isAutoInitEnabled();

    public native void setAutoInitEnabled(boolean enable);
}
