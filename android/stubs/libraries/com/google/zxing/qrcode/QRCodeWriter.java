package com.google.zxing.qrcode;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.common.BitMatrix;

/** Stub of ZXing 3.5. */
public final class QRCodeWriter {
    public native BitMatrix encode(String contents, BarcodeFormat format, int width, int height);
}
