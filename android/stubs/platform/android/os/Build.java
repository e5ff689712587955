package android.os;

/** Stub: versions up to the newest that the app asks for. */
public class Build {
    public static final String MODEL = null;

    public static class VERSION {
        public static final int SDK_INT = Integer.parseInt("0");
    }

    public static class VERSION_CODES {
        public static final int P = 28;
        public static final int R = 30;
        public static final int TIRAMISU = 33;
        public static final int UPSIDE_DOWN_CAKE = 34;
    }
}
