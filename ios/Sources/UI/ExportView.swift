// Takes entries out, in one of the forms that other apps read. The files go where the person says, and nowhere else.

import AppModel
import CountersignCore
import SwiftUI
import UniformTypeIdentifiers

struct ExportView: View {
    let model: ExportModel
    @State private var form = ExportForm.backup
    @State private var password = ""
    @State private var writes = false
    @State private var failed = false

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            if failed { Notice(text: words("export_not_written"), isError: true) { failed = false } }
            Section {
                Picker(words("export_form"), selection: $form) {
                    Text(words("export_backup")).tag(ExportForm.backup)
                    Text(words("export_links")).tag(ExportForm.links)
                    Text(words("export_google")).tag(ExportForm.googleQr)
                    Text(words("export_aegis")).tag(ExportForm.aegis)
                    Text(words("export_html")).tag(ExportForm.html)
                }
                if form == .backup { SecureField(words("export_password"), text: $password) }
                if form == .aegis { SecureField(words("export_password_optional"), text: $password) }
                if form != .backup, form != .aegis || password.isEmpty {
                    Notice(text: words("export_plain"), isError: true)
                }
                Button(words("export_make")) { make() }.disabled(form == .backup && password.isEmpty)
            }
            if !state.files.isEmpty {
                Button(words("export_write", state.files.map(\.name).joined(separator: ", "))) { writes = true }
            }
            if !state.leftOut.isEmpty {
                Section(words("export_left_out")) { ForEach(state.leftOut, id: \.self) { why in Text(words(why)) } }
            }
            if state.done { Text(words("export_done")) }
        }
        .navigationTitle(words("export_title"))
        .navigationBarTitleDisplayMode(.inline)
        .fileExporter(isPresented: $writes, documents: state.files.map(ExportedFile.init), contentType: .data) {
            written in
            switch written {
            case .success: model.written()
            case .failure: failed = true
            }
        }
    }

    private func make() {
        let typed = password
        password = ""
        model.make(form: form, password: typed.isEmpty || (form != .backup && form != .aegis) ? nil : typed)
    }
}

/// One of the files, as the system writes it.
private struct ExportedFile: FileDocument {
    static let readableContentTypes: [UTType] = []
    static let writableContentTypes: [UTType] = [.data]
    private let file: ExportFile

    init(_ file: ExportFile) {
        self.file = file
    }

    init(configuration: ReadConfiguration) throws {
        throw CocoaError(.fileReadUnknown)
    }

    func fileWrapper(configuration: WriteConfiguration) throws -> FileWrapper {
        let wrapper = FileWrapper(regularFileWithContents: file.content)
        wrapper.preferredFilename = file.name
        return wrapper
    }
}
