// Takes entries out, in one of the forms that other apps read.

import CountersignCore

public struct ExportState: Sendable {
    /// To be written where the person says; empty until there is something. Their content is secret.
    public internal(set) var files: [ExportFile] = []
    /// Entries that the form cannot hold, with the reason.
    public internal(set) var leftOut: [Remark] = []
    /// The files were written.
    public internal(set) var done = false
}

@MainActor
public final class ExportModel: Model<ExportState> {
    private let core: CountersignCore

    init(vault: OpenVault) {
        core = vault.core
        super.init(ExportState())
    }

    /// Makes the files: of all entries when none is named. A backup needs a password, Aegis may have one.
    public func make(form: ExportForm, password: String?, entries: [String] = []) {
        work { [core] in
            self.state = ExportState()
            let export = try await wanted {
                try await core.export(form: form, password: password, entries: entries)
            }
            self.state = ExportState(files: export.files, leftOut: export.leftOut)
        }
    }

    /// The files are where the person wanted them.
    public func written() {
        state = ExportState(leftOut: state.leftOut, done: true)
    }

    public override func close() {
        state.files = []
        super.close()
    }
}
