package androidx.lifecycle;

/** Stub of androidx.lifecycle 2.9. */
public interface LifecycleOwner {
    Lifecycle getLifecycle();
}
