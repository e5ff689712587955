// Compile-only declarations of AVFoundation, Core Media and Core Video, as far as the camera uses them.
@_exported import Foundation
@_exported import UIKit

func stub() -> Never { fatalError("a stub is for the type checker only") }

public final class CMSampleBuffer {}
open class CVBuffer {}
public typealias CVImageBuffer = CVBuffer
public typealias CVPixelBuffer = CVImageBuffer
public struct CVPixelBufferLockFlags: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static let readOnly = Self(rawValue: 1)
}
public let kCVPixelBufferPixelFormatTypeKey = "PixelFormatType"
public let kCVPixelFormatType_420YpCbCr8BiPlanarFullRange: UInt32 = 0
public func CMSampleBufferGetImageBuffer(_ buffer: CMSampleBuffer) -> CVImageBuffer? { stub() }
@discardableResult public func CVPixelBufferLockBaseAddress(_ buffer: CVPixelBuffer, _ flags: CVPixelBufferLockFlags)
    -> Int32
{
    stub()
}
@discardableResult public func CVPixelBufferUnlockBaseAddress(_ buffer: CVPixelBuffer, _ flags: CVPixelBufferLockFlags)
    -> Int32
{
    stub()
}
public func CVPixelBufferGetBaseAddressOfPlane(_ buffer: CVPixelBuffer, _ plane: Int) -> UnsafeMutableRawPointer? {
    stub()
}
public func CVPixelBufferGetWidthOfPlane(_ buffer: CVPixelBuffer, _ plane: Int) -> Int { stub() }
public func CVPixelBufferGetHeightOfPlane(_ buffer: CVPixelBuffer, _ plane: Int) -> Int { stub() }
public func CVPixelBufferGetBytesPerRowOfPlane(_ buffer: CVPixelBuffer, _ plane: Int) -> Int { stub() }

public struct AVMediaType: Hashable, Sendable { public static let video = Self() }
open class AVCaptureDevice: NSObject, @unchecked Sendable {
    public enum TorchMode: Int, Sendable { case off, on }
    public class func `default`(for type: AVMediaType) -> AVCaptureDevice? { stub() }
    public class func requestAccess(for type: AVMediaType) async -> Bool { stub() }
    open func lockForConfiguration() throws { stub() }
    open func unlockForConfiguration() { stub() }
    open var hasTorch: Bool { stub() }
    open var torchMode: TorchMode {
        get { stub() }
        set { stub() }
    }
    open var videoZoomFactor: CGFloat {
        get { stub() }
        set { stub() }
    }
    open var minAvailableVideoZoomFactor: CGFloat { stub() }
    open var maxAvailableVideoZoomFactor: CGFloat { stub() }
}
open class AVCaptureInput: NSObject {}
open class AVCaptureOutput: NSObject {}
open class AVCaptureConnection: NSObject {}
open class AVCaptureDeviceInput: AVCaptureInput { public init(device: AVCaptureDevice) throws { stub() } }
public protocol AVCaptureVideoDataOutputSampleBufferDelegate: NSObjectProtocol {
    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection)
}
open class AVCaptureVideoDataOutput: AVCaptureOutput {
    open var videoSettings: [String: Any]! = nil
    open var alwaysDiscardsLateVideoFrames = true
    open func setSampleBufferDelegate(
        _ delegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?, queue: DispatchQueue?
    ) {
        stub()
    }
}
open class AVCaptureSession: NSObject, @unchecked Sendable {
    public struct Preset: Hashable, Sendable { public static let hd1920x1080 = Self() }
    open var sessionPreset: Preset {
        get { stub() }
        set { stub() }
    }
    open func beginConfiguration() { stub() }
    open func commitConfiguration() { stub() }
    open func canAddInput(_ input: AVCaptureInput) -> Bool { stub() }
    open func canAddOutput(_ output: AVCaptureOutput) -> Bool { stub() }
    open func addInput(_ input: AVCaptureInput) { stub() }
    open func addOutput(_ output: AVCaptureOutput) { stub() }
    open func startRunning() { stub() }
    open func stopRunning() { stub() }
}
public struct AVLayerVideoGravity: Hashable, Sendable { public static let resizeAspectFill = Self() }
open class AVCaptureVideoPreviewLayer: CALayer, @unchecked Sendable {
    open var session: AVCaptureSession? {
        get { stub() }
        set { stub() }
    }
    open var videoGravity: AVLayerVideoGravity {
        get { stub() }
        set { stub() }
    }
}
