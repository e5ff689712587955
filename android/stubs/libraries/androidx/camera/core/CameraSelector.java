package androidx.camera.core;

/** Stub of CameraX 1.4. */
public final class CameraSelector {
    public static final CameraSelector DEFAULT_BACK_CAMERA = null;
}
