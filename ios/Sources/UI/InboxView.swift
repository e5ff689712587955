// What waits over all accounts, what has just ended, and what could not be asked.

import AppModel
import CountersignCore
import SwiftUI

struct InboxView: View {
    let vault: OpenVault

    var body: some View {
        List {
            Progress(model: vault.inbox)
            if let inbox = vault.inbox.state.inbox {
                warnings(inbox)
                if inbox.pending.isEmpty { Text(words("inbox_empty")) }
                ForEach(inbox.pending, id: \.id) { request in
                    Button {
                        vault.openRequest(id: request.id)
                    } label: {
                        waiting(request)
                    }.buttonStyle(.plain)
                }
                if !inbox.ended.isEmpty {
                    Section(words("inbox_ended")) { ForEach(inbox.ended, id: \.id) { request in ended(request) } }
                }
            }
        }
        .navigationTitle(words("tab_inbox"))
        .toolbar {
            ToolbarItem(placement: .primaryAction) {
                Button(words("inbox_refresh"), systemImage: "arrow.clockwise") { vault.inbox.refresh() }
            }
        }
    }

    @ViewBuilder private func warnings(_ inbox: Inbox) -> some View {
        ForEach(inbox.troubles, id: \.account) { trouble in
            Notice(text: words("inbox_trouble", trouble.tenant), isError: true)
        }
        ForEach(Array(inbox.refused.enumerated()), id: \.offset) { _, refused in
            Notice(text: words("inbox_refused_text", refused.tenant), isError: true)
        }
        // One clock is wrong, however many servers say so.
        if let clock = inbox.clocks.first { Notice(text: words("inbox_clock", clock.seconds)) }
    }

    private func waiting(_ request: PendingRequest) -> some View {
        HStack {
            Mark(color: request.color)
            VStack(alignment: .leading) {
                Text(request.application).font(.headline)
                Text(request.message)
                Text(whose(request)).font(.footnote).foregroundStyle(.secondary)
            }
        }
        .accessibilityElement(children: .combine)
        .accessibilityAddTraits(.isButton)
    }

    private func whose(_ request: PendingRequest) -> String {
        let parts = [request.tenant, request.user, request.place ?? request.ip ?? ""]
        return parts.filter { !$0.isEmpty }.joined(separator: " · ")
    }

    private func ended(_ request: EndedRequest) -> some View {
        VStack(alignment: .leading) {
            Text(request.application).font(.headline)
            Text(request.message)
            Text(request.outcome.map { said($0) } ?? said(Ending.gone)).foregroundStyle(.secondary)
        }
        .accessibilityElement(children: .combine)
    }
}

/// An application's colour, beside its name and never under it: so that the name can be read whatever the colour is.
struct Mark: View {
    /// `#rrggbb` or empty.
    let color: String

    var body: some View {
        if let rgb = UInt32(color.dropFirst(), radix: 16) {
            Capsule().fill(Color(rgb: rgb)).frame(width: 6, height: 40).accessibilityHidden(true)
        }
    }
}

extension Color {
    /// 0xrrggbb.
    public init(rgb: UInt32) {
        func part(_ shift: UInt32) -> Double { Double((rgb >> shift) & 0xff) / 255 }
        self.init(red: part(16), green: part(8), blue: part(0))
    }
}
