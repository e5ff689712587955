// Draws a QR code: of the link with which another phone takes an account over.

import CoreImage
import Foundation
import SwiftUI

enum QRCode {
    static func draw(_ text: String) -> Image? {
        let parameters: [String: Any] = ["inputMessage": Data(text.utf8), "inputCorrectionLevel": "M"]
        guard let drawn = CIFilter(name: "CIQRCodeGenerator", parameters: parameters)?.outputImage,
            let picture = CIContext().createCGImage(drawn, from: drawn.extent)
        else { return nil }
        // One module is one pixel: enlarged without smoothing, its edges stay sharp.
        return Image(decorative: picture, scale: 1).interpolation(.none).resizable()
    }
}
