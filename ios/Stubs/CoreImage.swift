// Compile-only declarations of Core Image, as far as they draw a QR code.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

public final class CGImage: @unchecked Sendable {}
open class CIImage: NSObject { open var extent: CGRect { stub() } }
open class CIContext: NSObject {
    open func createCGImage(_ image: CIImage, from rectangle: CGRect) -> CGImage? { stub() }
}
open class CIFilter: NSObject {
    public init?(name: String, parameters: [String: Any]?) { stub() }
    open var outputImage: CIImage? { stub() }
}
