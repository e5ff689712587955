package androidx.lifecycle;

/** Stub of androidx.lifecycle 2.9. */
public abstract class Lifecycle {
    public enum State {
        DESTROYED,
        INITIALIZED,
        CREATED,
        STARTED,
        RESUMED
    }
}
