package com.google.firebase;

/** Stub of Firebase. */
public final class FirebaseOptions {
    public static final class Builder {
        public native FirebaseOptions build();

        public native Builder setApiKey(String apiKey);

        public native Builder setApplicationId(String applicationId);

        public native Builder setGcmSenderId(String gcmSenderId);

        public native Builder setProjectId(String projectId);
    }
}
