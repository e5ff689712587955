package com.google.firebase.messaging;

import java.util.Map;

/** Stub of Firebase Messaging 24. */
public final class RemoteMessage {
    public native Map<String, String> getData();
}
