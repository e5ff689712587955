// The camera, a picture, a link or a text: what was found, and what the person wants done with it.

import CountersignCore
// Foundation has a Scanner of its own.
import struct Foundation.Data

public struct ScanState: Sendable {
    public internal(set) var page: ScanPage
    /// The entry that was added last.
    public internal(set) var added: String?
    /// It was here already, and nothing was changed.
    public internal(set) var alreadyThere = false
}

@MainActor
public final class ScanModel: Model<ScanState> {
    private weak var vault: OpenVault?
    private let scanner: Scanner

    init(vault: OpenVault) {
        self.vault = vault
        scanner = vault.core.scanner()
        super.init(ScanState(page: scanner.page()))
    }

    /// A frame of the camera's grey plane. Call it on the camera's own queue: it takes up to `budgetMs`.
    public nonisolated func frame(luma: Data, width: Int, height: Int, rowStride: Int, budgetMs: UInt32 = 60) {
        var failed: (any Error)?
        do {
            _ = try scanner.frame(
                luma: luma, width: UInt32(clamping: width), height: UInt32(clamping: height),
                rowStride: UInt32(clamping: rowStride), budgetMs: budgetMs)
        } catch { failed = error }
        Task { @MainActor [failed] in
            if let failed { tell(failed) } else { show() }
        }
    }

    /// A PNG or JPEG file.
    public func file(_ bytes: Data) {
        work { [scanner] in
            _ = try await wanted { try await scanner.file(bytes: bytes) }
            self.show()
        }
    }

    /// The clipboard's text, or a link.
    public func text(_ text: String) {
        _ = scanner.text(text: text)
        show()
    }

    public func add(item: UInt64) {
        work { [scanner, vault] in
            let added = try await scanner.add(id: item)
            self.state = ScanState(page: scanner.page(), added: added.id, alreadyThere: added.alreadyThere)
            vault?.codes.refresh()
        }
    }

    /// The invitation under this number is looked at on a screen of its own.
    public func enroll(item: UInt64) {
        work { [scanner, vault] in
            let offer = try await wanted { try await scanner.lookAt(id: item) }
            scanner.settle(id: item)
            if let vault { vault.goOn(to: .enroll(EnrollModel(vault: vault, offer: offer))) }
        }
    }

    public func approveOffline(item: UInt64) {
        work { [scanner, vault] in
            let signIn = try scanner.offlineSignIn(id: item)
            scanner.settle(id: item)
            if let vault { vault.goOn(to: .offline(OfflineModel(vault: vault, signIn: signIn))) }
        }
    }

    public func `import`(export: UInt64) {
        work { [scanner, vault] in
            let plan = try scanner.planExport(id: export)
            scanner.settleExport(id: export)
            if let vault { vault.goOn(to: .import(ImportModel(vault: vault, plan: plan))) }
        }
    }

    /// The person does not want it.
    public func settle(item: UInt64) {
        scanner.settle(id: item)
        show()
    }

    public func settleExport(export: UInt64) {
        scanner.settleExport(id: export)
        show()
    }

    private func show() {
        state.page = scanner.page()
    }
}
