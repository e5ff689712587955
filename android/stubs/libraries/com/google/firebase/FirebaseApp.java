package com.google.firebase;

import android.content.Context;

/** Stub of Firebase. */
public class FirebaseApp {
    public static native FirebaseApp initializeApp(Context context, FirebaseOptions options);
}
