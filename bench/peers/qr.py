"""Other QR readers on the frames of `bench scan`: zxing-cpp and ZBar, each as its own users would call it.

    python3 -m venv V && V/bin/pip install zxing-cpp pyzbar numpy   (and Debian's libzbar0)
    target/release/bench scan --seed 1 --python V/bin/python

A frame comes as a line `WIDTH HEIGHT` and then its grey pixels; the answer is a line of JSON.
"""

import json
import sys
import time

import numpy
import zxingcpp
from pyzbar import pyzbar


def zxing(pixels):
    codes = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in codes]


def zbar(pixels):
    codes = pyzbar.decode(pixels, symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode("utf-8", "replace") for code in codes]


def main():
    frames = sys.stdin.buffer
    while line := frames.readline():
        width, height = map(int, line.split())
        pixels = numpy.frombuffer(frames.read(width * height), numpy.uint8).reshape(height, width)
        answer = {}
        for name, read in (("zxing-cpp", zxing), ("zbar", zbar)):
            begun = time.process_time()
            texts = read(pixels)
            answer[name] = {"texts": texts, "ms": (time.process_time() - begun) * 1e3}
        print(json.dumps(answer), flush=True)


main()
