// What a scanner has found: what it is, and what the person may do with it.

import AppModel
import CountersignCore
import SwiftUI

struct FoundRows: View {
    let model: ScanModel

    var body: some View {
        let page = model.state.page
        if !page.items.isEmpty || !page.exports.isEmpty {
            Section(words("scan_found")) {
                ForEach(page.items, id: \.id) { item in row(item) }
                ForEach(page.exports, id: \.id) { export in row(export) }
            }
        }
    }

    private func row(_ item: ScannedItem) -> some View {
        VStack(alignment: .leading) {
            Text(what(item.kind)).font(.headline)
            if let issuer = item.issuer { Text(issuer) }
            if let account = item.account { Text(account) }
            if item.weak { Text(words("scan_weak")) }
            if item.needsPin { Text(words("codes_pin_needed")) }
            if let remark = item.remark { Text(words(remark)).font(.footnote) }
            HStack {
                yes(item)
                Button(words("action_close")) { model.settle(item: item.id) }.buttonStyle(.bordered)
            }
        }
    }

    private func what(_ kind: ScannedKind) -> String {
        switch kind {
        case .account: words("scan_account")
        case .enrollment: words("scan_enrollment")
        case .offlineRequest: words("scan_offline")
        case .invalid: words("scan_invalid")
        case .other: words("scan_other")
        }
    }

    @ViewBuilder private func yes(_ item: ScannedItem) -> some View {
        switch item.kind {
        case .account:
            Button(words("action_add")) { model.add(item: item.id) }.buttonStyle(.borderedProminent)
        case .enrollment:
            Button(words("scan_look")) { model.enroll(item: item.id) }.buttonStyle(.borderedProminent)
        case .offlineRequest:
            Button(words("scan_look")) { model.approveOffline(item: item.id) }.buttonStyle(.borderedProminent)
        case .invalid, .other: EmptyView()
        }
    }

    private func row(_ export: ExportParts) -> some View {
        VStack(alignment: .leading) {
            if export.missing.isEmpty {
                Text(words("scan_export_complete", export.entries))
            } else {
                Text(words("scan_export", export.scanned.count, export.size, list(export.missing)))
            }
            HStack {
                Button(words("scan_look")) { model.import(export: export.id) }.buttonStyle(.borderedProminent)
                Button(words("action_close")) { model.settleExport(export: export.id) }.buttonStyle(.bordered)
            }
        }
    }
}

/// `1, 2, 5`, in ASCII digits.
func list(_ numbers: [UInt32]) -> String {
    numbers.map(\.description).joined(separator: ", ")
}
