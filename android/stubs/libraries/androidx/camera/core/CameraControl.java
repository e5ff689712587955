package androidx.camera.core;

import com.google.common.util.concurrent.ListenableFuture;

/** Stub of CameraX 1.4. */
public interface CameraControl {
    ListenableFuture<Void> enableTorch(boolean torch);

    ListenableFuture<Void> setLinearZoom(float linearZoom);
}
