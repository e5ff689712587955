package androidx.camera.core;

import java.util.concurrent.Executor;

/** Stub of CameraX 1.4. */
public final class ImageAnalysis extends UseCase {
    public static final int STRATEGY_KEEP_ONLY_LATEST = 0;

    public native void setAnalyzer(Executor executor, Analyzer analyzer);

    public interface Analyzer {
        void analyze(ImageProxy image);
    }

    public static final class Builder {
        public native Builder setBackpressureStrategy(int strategy);

        public native ImageAnalysis build();
    }
}
