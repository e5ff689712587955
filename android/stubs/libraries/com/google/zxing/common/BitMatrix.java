package com.google.zxing.common;

/** Stub of ZXing 3.5. */
public final class BitMatrix {
    public native boolean get(int x, int y);
}
