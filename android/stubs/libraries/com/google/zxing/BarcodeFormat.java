package com.google.zxing;

/** Stub of ZXing 3.5. */
public enum BarcodeFormat {
    QR_CODE
}
