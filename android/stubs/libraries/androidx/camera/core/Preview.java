package androidx.camera.core;

/** Stub of CameraX 1.4. */
public final class Preview extends UseCase {
    public native void setSurfaceProvider(SurfaceProvider surfaceProvider);

    public interface SurfaceProvider {}

    public static final class Builder {
        public native Preview build();
    }
}
