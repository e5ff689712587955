package android.net;

/** Stub: with registerDefaultNetworkCallback of API 24. */
public class ConnectivityManager {
    public native void registerDefaultNetworkCallback(NetworkCallback networkCallback);

    public native void unregisterNetworkCallback(NetworkCallback networkCallback);

    public static class NetworkCallback {
        public native void onAvailable(Network network);
    }
}
