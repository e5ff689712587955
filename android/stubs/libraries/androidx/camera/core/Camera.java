package androidx.camera.core;

/** Stub of CameraX 1.4. */
public interface Camera {
    CameraControl getCameraControl();
}
