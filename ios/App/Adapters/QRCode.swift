// Draws a QR code: of the link with which another phone takes an account over.

import CoreImage
import CoreImage.CIFilterBuiltins
import Foundation
import SwiftUI

enum QRCode {
  static func draw(_ text: String) -> Image? {
    let filter = CIFilter.qrCodeGenerator()
    filter.message = Data(text.utf8)
    filter.correctionLevel = "M"
    guard let drawn = filter.outputImage,
      let picture = CIContext().createCGImage(drawn, from: drawn.extent)
    else { return nil }
    // One module is one pixel: enlarged without smoothing, its edges stay sharp.
    return Image(decorative: picture, scale: 1).interpolation(.none).resizable()
  }
}
