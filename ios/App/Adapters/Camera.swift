// The camera: its picture for the person, and the grey plane of its frames for the core's scanner. No frame is kept.

import AVFoundation
import Foundation

/// May be used from any thread: everything happens on its own queue.
final class Camera: NSObject, @unchecked Sendable {
    /// A grey plane: its bytes, width, height, and bytes from one row to the next.
    typealias Frame = @Sendable (_ luma: Data, _ width: Int, _ height: Int, _ rowStride: Int) -> Void

    let session = AVCaptureSession()
    private let queue = DispatchQueue(label: "camera", qos: .userInitiated)
    private let onFrame: Frame
    private var device: AVCaptureDevice?

    init(onFrame: @escaping Frame) {
        self.onFrame = onFrame
    }

    /// Asks for leave at the first time. False when there is no camera, or no leave to use it.
    func start() async -> Bool {
        guard await AVCaptureDevice.requestAccess(for: .video) else { return false }
        return await withCheckedContinuation { waiting in
            queue.async { [self] in
                let ready = device != nil || setUp()
                if ready { session.startRunning() }
                waiting.resume(returning: ready)
            }
        }
    }

    func stop() {
        queue.async { [self] in session.stopRunning() }
    }

    func light(_ on: Bool) {
        configure { device in
            if device.hasTorch { device.torchMode = on ? .on : .off }
        }
    }

    func zoom(_ factor: Double) {
        configure { device in
            device.videoZoomFactor = min(
                max(factor, device.minAvailableVideoZoomFactor), device.maxAvailableVideoZoomFactor)
        }
    }

    private func configure(_ change: @escaping @Sendable (AVCaptureDevice) -> Void) {
        queue.async { [self] in
            guard let device, (try? device.lockForConfiguration()) != nil else { return }
            change(device)
            device.unlockForConfiguration()
        }
    }

    private func setUp() -> Bool {
        guard let device = AVCaptureDevice.default(for: .video), let input = try? AVCaptureDeviceInput(device: device)
        else { return false }
        let output = AVCaptureVideoDataOutput()
        // Its first plane is the grey picture: nothing has to be converted.
        output.videoSettings = [
            kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange
        ]
        // A frame that comes while another one is being read is let go.
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: queue)
        session.beginConfiguration()
        defer { session.commitConfiguration() }
        guard session.canAddInput(input), session.canAddOutput(output) else { return false }
        session.sessionPreset = .hd1920x1080
        session.addInput(input)
        session.addOutput(output)
        self.device = device
        return true
    }
}

extension Camera: AVCaptureVideoDataOutputSampleBufferDelegate {
    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection
    ) {
        guard let picture = CMSampleBufferGetImageBuffer(sampleBuffer) else { return }
        CVPixelBufferLockBaseAddress(picture, .readOnly)
        defer { CVPixelBufferUnlockBaseAddress(picture, .readOnly) }
        guard let plane = CVPixelBufferGetBaseAddressOfPlane(picture, 0) else { return }
        let width = CVPixelBufferGetWidthOfPlane(picture, 0)
        let height = CVPixelBufferGetHeightOfPlane(picture, 0)
        let rowStride = CVPixelBufferGetBytesPerRowOfPlane(picture, 0)
        guard width > 0, height > 0 else { return }
        // The last row may end without the padding that the others have.
        let luma = Data(bytes: plane, count: rowStride * (height - 1) + width)
        onFrame(luma, width, height, rowStride)
    }
}
