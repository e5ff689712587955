// The live picture on the scanning screen.

import AVFoundation
import AppModel
import SwiftUI
import UI
import UIKit

struct CameraView: View {
    let scan: ScanModel
    let light: Bool
    let zoom: Double
    @State private var camera: Camera?
    @State private var refused = false

    var body: some View {
        Group {
            if refused {
                CameraRefusedView(openSettings: Assembly.openSettings)
            } else if let camera {
                CameraPicture(session: camera.session).accessibilityHidden(true)
            } else {
                Color.black
            }
        }
        .task { await begin() }
        .onDisappear { camera?.stop() }
        .onChange(of: light) { camera?.light(light) }
        .onChange(of: zoom) { camera?.zoom(zoom) }
    }

    private func begin() async {
        let camera = Camera { [scan] luma, width, height, rowStride in
            scan.frame(luma: luma, width: width, height: height, rowStride: rowStride)
        }
        if await camera.start() { self.camera = camera } else { refused = true }
    }
}

private struct CameraPicture: UIViewRepresentable {
    let session: AVCaptureSession

    func makeUIView(context: Context) -> PictureView {
        let view = PictureView()
        view.picture.session = session
        view.picture.videoGravity = .resizeAspectFill
        return view
    }

    func updateUIView(_ view: PictureView, context: Context) {}
}

final class PictureView: UIView {
    private let shown = AVCaptureVideoPreviewLayer()
    var picture: AVCaptureVideoPreviewLayer { shown }

    override init(frame: CGRect) {
        super.init(frame: frame)
        layer.addSublayer(shown)
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) { nil }

    override func layoutSubviews() {
        super.layoutSubviews()
        shown.frame = bounds
    }
}
