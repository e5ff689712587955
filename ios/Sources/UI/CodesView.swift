// The list of codes: searched, filtered, ordered.

import AppModel
import CountersignCore
import SwiftUI

struct CodesView: View {
    let vault: OpenVault
    @State private var search = ""

    private var codes: CodesModel { vault.codes }

    var body: some View {
        List {
            Progress(model: codes)
            if let page = codes.state.page {
                if page.total == 0 {
                    nothing
                } else {
                    if !page.tags.isEmpty { tags(page) }
                    if let clock = page.clock { CodesClockRow(clock: clock, settings: vault.settings) }
                    if page.rows.isEmpty { Text(words("codes_none_found")) }
                    rows(page)
                }
            }
        }
        .listStyle(.plain)
        .navigationTitle(words("tab_codes"))
        .searchable(text: $search, prompt: words("codes_search"))
        .onChange(of: search) { codes.search(search) }
        .toolbar {
            ToolbarItem(placement: .topBarLeading) { order }
            ToolbarItem(placement: .primaryAction) {
                Button(words("codes_scan"), systemImage: "qrcode.viewfinder") { vault.openScan() }
            }
        }
    }

    @ViewBuilder private var nothing: some View {
        Text(words("codes_empty"))
        Button(words("codes_scan")) { vault.openScan() }
        Button(words("codes_import")) { vault.openImport() }
    }

    private func rows(_ page: CodesPage) -> some View {
        ForEach(Array(page.rows.enumerated()), id: \.element.id) { at, row in
            CodeRow(
                code: codes.state.revealed[row.id] ?? row, isRevealed: codes.state.revealed[row.id] != nil,
                isCopied: codes.state.copied == row.id, codes: codes, open: { vault.openEntry(id: row.id) },
                // One place up is before the one above; one place down is before the one after the next.
                moveUp: move(row, in: page, ifThereIs: at - 1, before: at - 1),
                moveDown: move(row, in: page, ifThereIs: at + 1, before: at + 2))
        }
    }

    /// None where the person's own order is not what is shown, or not all of it.
    private func move(
        _ row: Code, in page: CodesPage, ifThereIs neighbour: Int, before place: Int
    ) -> (@MainActor () -> Void)? {
        let rows = page.rows
        guard page.order == .manual, page.query.isEmpty, page.tag == nil, rows.indices.contains(neighbour) else {
            return nil
        }
        let before = rows.indices.contains(place) ? rows[place].id : nil
        return { codes.move(entry: row.id, before: before) }
    }

    private func tags(_ page: CodesPage) -> some View {
        ScrollView(.horizontal, showsIndicators: false) {
            HStack {
                chip(words("codes_all"), isOn: page.tag == nil) { codes.filter(tag: nil) }
                ForEach(page.tags, id: \.tag) { use in
                    chip(use.tag, isOn: page.tag == use.tag) { codes.filter(tag: use.tag) }
                }
            }
        }
    }

    private func chip(_ name: String, isOn: Bool, choose: @escaping @MainActor () -> Void) -> some View {
        Button(name, action: choose)
            .buttonStyle(.bordered)
            .tint(isOn ? Color.accentColor : Color.secondary)
            .accessibilityAddTraits(isOn ? [.isSelected] : [])
    }

    private var order: some View {
        let now = bound(get: { codes.state.page?.order ?? .added }, set: { codes.order($0) })
        return Menu {
            Picker(words("codes_order"), selection: now) {
                Text(words("order_added")).tag(CodesOrder.added)
                Text(words("order_name")).tag(CodesOrder.name)
                Text(words("order_manual")).tag(CodesOrder.manual)
                Text(words("order_usage")).tag(CodesOrder.usage)
            }
        } label: {
            Label(words("codes_order"), systemImage: "arrow.up.arrow.down")
        }
    }
}

/// This phone's clock is wrong, and codes may be refused for it.
private struct CodesClockRow: View {
    let clock: CodesClock
    let settings: SettingsModel

    var body: some View {
        if clock.followed {
            Notice(text: words("codes_clock_followed", clock.seconds))
        } else {
            Notice(text: words("codes_clock", clock.seconds))
            if let now = settings.state.page?.settings {
                Button(words("codes_clock_follow")) { settings.keep(now.with(followServersClock: true)) }
            }
        }
    }
}
