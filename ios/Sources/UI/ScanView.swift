// The camera, pictures or a text. Whatever is found is shown first, and done after the person's yes.

import AppModel
import CountersignCore
import PhotosUI
import SwiftUI

struct ScanView: View {
    let model: ScanModel
    let surroundings: Surroundings
    @State private var light = false
    @State private var zoom = 1.0
    @State private var pictures: [PhotosPickerItem] = []
    @State private var unreadable = false

    var body: some View {
        List {
            Progress(model: model)
            if unreadable { Notice(text: words("file_not_read"), isError: true) { unreadable = false } }
            if model.state.added != nil {
                Notice(text: model.state.alreadyThere ? words("scan_already_there") : words("scan_added"))
            }
            FoundRows(model: model)
            // What was found is decided first: the camera rests meanwhile.
            if !model.state.page.found { looking }
            Section {
                PhotosPicker(selection: $pictures, matching: .images) {
                    Label(words("scan_picture"), systemImage: "photo")
                }
                Button(words("scan_paste"), systemImage: "doc.on.clipboard") {
                    if let text = surroundings.pasted() { model.text(text) }
                }
            }
        }
        .navigationTitle(words("scan_title"))
        .navigationBarTitleDisplayMode(.inline)
        .onChange(of: pictures) { Task { await read() } }
    }

    private var looking: some View {
        Section {
            Text(hint)
            surroundings.camera(model, light, zoom)
                .aspectRatio(1, contentMode: .fit)
                .clipShape(RoundedRectangle(cornerRadius: 12))
            Button(light ? words("scan_torch_off") : words("scan_torch_on"), systemImage: "flashlight.on.fill") {
                light.toggle()
            }
            Slider(value: $zoom, in: 1...4) { Text(words("scan_zoom")) }
        }
    }

    private var hint: String {
        switch model.state.page.hint {
        case .tooDark: words("hint_dark")
        case .tooBright: words("hint_bright")
        case .tooSmall: words("hint_small")
        case .tooBlurred: words("hint_blurred")
        case nil: words("scan_aim")
        }
    }

    private func read() async {
        for picture in pictures {
            guard let bytes = try? await picture.loadTransferable(type: Data.self) else {
                unreadable = true
                continue
            }
            model.file(bytes)
        }
        pictures = []
    }
}

/// In place of the picture, where there is no leave to use the camera.
public struct CameraRefusedView: View {
    private let openSettings: @MainActor () -> Void

    public init(openSettings: @escaping @MainActor () -> Void) {
        self.openSettings = openSettings
    }

    public var body: some View {
        VStack(alignment: .leading) {
            Text(words("scan_camera_needed"))
            Button(words("scan_camera_allow"), action: openSettings)
        }
    }
}
