// Another app's file: picked, opened, shown, and taken in after the person's yes.

import AppModel
import CountersignCore
import SwiftUI
import UniformTypeIdentifiers

struct ImportView: View {
    let model: ImportModel
    let vault: OpenVault
    @State private var picks = false
    @State private var fault: PickedFile.Fault?

    var body: some View {
        let state = model.state
        Form {
            Progress(model: model)
            if let fault { Notice(text: said(fault), isError: true) { self.fault = nil } }
            switch state.step {
            case .pick:
                Text(words("import_text"))
                Button(words("import_pick")) { picks = true }
            case .password:
                Section(words("import_password")) {
                    SecretForm(label: words("field_password"), action: words("action_continue")) { model.password($0) }
                }
            case .costly:
                Text(words("import_costly"))
                Button(words("action_continue")) { model.goOn() }
            case .plan:
                report(state)
                Button(words("import_confirm")) { model.confirm() }
            case .done:
                Text(words("import_done")).font(.headline)
                report(state)
                Notice(text: words("import_delete_file"))
                Button(words("action_done")) { vault.back() }
            }
            if state.step != .pick, state.step != .done { Button(words("action_back")) { model.startOver() } }
        }
        .navigationTitle(words("import_title"))
        .navigationBarTitleDisplayMode(.inline)
        .fileImporter(isPresented: $picks, allowedContentTypes: [.item]) { picked in
            Task {
                switch await PickedFile.read(picked) {
                case .success(let file): model.read(file: file)
                case .failure(let why): fault = why
                }
            }
        }
    }

    @ViewBuilder private func report(_ state: ImportState) -> some View {
        let count = Dictionary(grouping: state.items, by: \.fate).mapValues(\.count)
        Section {
            if !state.app.isEmpty { Text(words("import_from", state.app)) }
            Text(
                words(
                    "import_counts", count[.added] ?? 0, count[.duplicate] ?? 0, count[.refused] ?? 0,
                    count[.skipped] ?? 0))
            if !state.missingParts.isEmpty { Notice(text: words("import_missing", list(state.missingParts))) }
            ForEach(state.items, id: \.index) { item in
                let lines = [said(item.fate)] + item.remarks.map { words($0) }
                Fact(label: name(item), value: lines.joined(separator: "\n"))
            }
        }
    }

    private func name(_ item: ImportItem) -> String {
        let parts = [item.issuer ?? "", item.account].filter { !$0.isEmpty }
        return parts.isEmpty ? words("codes_unnamed") : parts.joined(separator: ": ")
    }

    private func said(_ fate: ImportFate) -> String {
        switch fate {
        case .added: words("fate_added")
        case .duplicate: words("fate_duplicate")
        case .refused: words("fate_refused")
        case .skipped: words("fate_skipped")
        }
    }

    private func said(_ fault: PickedFile.Fault) -> String {
        switch fault {
        case .unreadable: words("file_not_read")
        case .tooLarge: words("file_too_large")
        }
    }
}

/// A file that the person has picked. It stays where it is.
enum PickedFile {
    enum Fault: Error { case unreadable, tooLarge }

    /// Far above any export; below what would take the app's memory.
    private static let largest = 64 << 20

    /// Off the main thread: a file may be large, or still be fetched from a cloud.
    static func read(_ picked: Result<URL, any Error>) async -> Result<Data, Fault> {
        await Task.detached { content(picked) }.value
    }

    private static func content(_ picked: Result<URL, any Error>) -> Result<Data, Fault> {
        guard case .success(let url) = picked else { return .failure(.unreadable) }
        // A file of another app's may be read between these two only.
        let lent = url.startAccessingSecurityScopedResource()
        defer { if lent { url.stopAccessingSecurityScopedResource() } }
        guard let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize else { return .failure(.unreadable) }
        guard size <= largest else { return .failure(.tooLarge) }
        guard let file = try? Data(contentsOf: url) else { return .failure(.unreadable) }
        return .success(file)
    }
}
