// One account with codes: its code, its names, what it is, and its removal.

import AppModel
import CountersignCore
import SwiftUI
import UIKit

struct EntryView: View {
    let model: EntryModel
    @State private var asksForPin = false

    var body: some View {
        Form {
            Progress(model: model)
            if let picture = model.state.picture { Picture(bytes: picture.bytes) }
            if let code = model.state.code { theCode(code) }
            if let entry = model.state.entry {
                if entry.needsPin { Button(words("codes_pin")) { asksForPin = true } }
                if entry.weak { Notice(text: words("entry_weak")) }
                // What was typed belongs to these names: others begin anew.
                Names(entry: entry, model: model).id(Names.identity(entry))
                facts(entry)
                Section {
                    ConfirmedButton(label: words("entry_remove"), text: words("entry_remove_text")) { model.remove() }
                }
            }
        }
        .navigationTitle(words("entry_title"))
        .navigationBarTitleDisplayMode(.inline)
        .sheet(isPresented: $asksForPin) { PinSheet { model.setPin($0) } }
    }

    private func theCode(_ code: Code) -> some View {
        Section {
            HStack {
                ShownCode(code: code)
                Spacer()
                Life(code: code)
            }
            if code.kind == .hotp { Button(words("codes_next")) { model.next() } }
        }
    }

    private func facts(_ entry: Entry) -> some View {
        Section {
            Fact(label: words("entry_kind"), value: said(entry.kind))
            Fact(label: words("entry_digits"), value: entry.digits.description)
            if let period = entry.period { Fact(label: words("entry_period"), value: period.description) }
            if let counter = entry.counter { Fact(label: words("entry_counter"), value: counter.description) }
            Fact(label: words("entry_used"), value: entry.timesUsed.description)
        }
    }

    private func said(_ kind: CodeKind) -> String {
        switch kind {
        case .totp: words("kind_totp")
        case .hotp: words("kind_hotp")
        case .steam: words("kind_steam")
        case .motp: words("kind_motp")
        case .yandex: words("kind_yandex")
        }
    }
}

/// Only what the system itself draws as a picture: an SVG file is what somebody else wrote, and stays unread.
private struct Picture: View {
    let bytes: Data

    var body: some View {
        if let picture = UIImage(data: bytes) {
            Image(uiImage: picture).resizable().scaledToFit().frame(width: 64, height: 64).accessibilityHidden(true)
        }
    }
}

/// What the person may change.
private struct Names: View {
    let entry: Entry
    let model: EntryModel
    @State private var issuer: String
    @State private var account: String
    @State private var tags: String
    @State private var note: String

    init(entry: Entry, model: EntryModel) {
        self.entry = entry
        self.model = model
        _issuer = State(initialValue: entry.issuer ?? "")
        _account = State(initialValue: entry.account)
        _tags = State(initialValue: entry.tags.joined(separator: ", "))
        _note = State(initialValue: entry.note)
    }

    static func identity(_ entry: Entry) -> [String] {
        [entry.issuer ?? "", entry.account, entry.note] + entry.tags
    }

    var body: some View {
        let change = EntryChange(issuer: issuer, account: account, tags: list, pinned: nil, note: note)
        let same = EntryChange(
            issuer: entry.issuer ?? "", account: entry.account, tags: entry.tags, pinned: nil, note: entry.note)
        Section {
            TextField(words("entry_issuer"), text: $issuer)
            TextField(words("entry_account"), text: $account)
            TextField(words("entry_tags"), text: $tags)
            TextField(words("entry_note"), text: $note, axis: .vertical)
            Button(words("action_save")) { model.edit(change) }.disabled(change == same)
        }
        Toggle(
            words("entry_pinned"),
            isOn: bound(
                get: { entry.pinned },
                set: { model.edit(EntryChange(issuer: nil, account: nil, tags: nil, pinned: $0, note: nil)) }))
    }

    /// By commas of both scripts.
    private var list: [String] {
        tags.split { $0 == "," || $0 == "،" }.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
