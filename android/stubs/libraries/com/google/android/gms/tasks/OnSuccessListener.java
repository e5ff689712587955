package com.google.android.gms.tasks;

/** Stub of Play services' tasks. */
public interface OnSuccessListener<T> {
    void onSuccess(T result);
}
