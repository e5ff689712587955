package androidx.camera.core;

import java.nio.ByteBuffer;

/** Stub of CameraX 1.4. */
public interface ImageProxy extends AutoCloseable {
    @Override
    void close();

    int getHeight();

    int getWidth();

    PlaneProxy[] getPlanes();

    interface PlaneProxy {
        int getRowStride();

        ByteBuffer getBuffer();
    }
}
