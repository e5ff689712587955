// What this phone has answered, with receipts. Needs no network.

import AppModel
import CountersignCore
import SwiftUI

struct HistoryView: View {
    let model: HistoryModel

    var body: some View {
        List {
            Progress(model: model)
            if model.state.answers.isEmpty, !model.state.more { Text(words("history_empty")) }
            ForEach(Array(model.state.answers.enumerated()), id: \.offset) { _, answer in
                VStack(alignment: .leading) {
                    Text(verbatim: "\(answer.application) (\(answer.tenant)): \(answer.message)")
                    Text(answer.decision == "report" ? words("decision_report") : said(answer.outcome)).font(.headline)
                    Text(moment(answer.answeredAt)).font(.footnote).foregroundStyle(.secondary)
                    if let receipt = answer.receipt { ShareReceipt(receipt: receipt) }
                }
            }
            if model.state.more { Button(words("history_more")) { model.more() } }
        }
        .navigationTitle(words("history_title"))
        .navigationBarTitleDisplayMode(.inline)
    }
}

/// Hands the evidence to another app, as the person picks it. A receipt is no secret: it proves what was decided.
struct ShareReceipt: View {
    let receipt: String

    var body: some View {
        ShareLink(item: receipt) { Label(words("history_receipt"), systemImage: "square.and.arrow.up") }
    }
}
