// A widget that opens the codes or the scanner. It holds no codes and no names: the vault is closed to it, and a widget can
// be seen by whoever sees the phone.

import SwiftUI
import WidgetKit

@main
struct CodesWidget: Widget {
    var body: some WidgetConfiguration {
        StaticConfiguration(kind: "codes", provider: Still()) { _ in Shortcuts() }
            .configurationDisplayName(words("widget_codes"))
            .description(words("widget_text"))
            .supportedFamilies([.systemSmall, .systemMedium, .accessoryCircular])
    }
}

/// Nothing of it changes.
private struct Still: TimelineProvider {
    struct Moment: TimelineEntry { let date: Date }

    func placeholder(in context: Context) -> Moment { Moment(date: .distantPast) }

    func getSnapshot(in context: Context, completion: @escaping @Sendable (Moment) -> Void) {
        completion(placeholder(in: context))
    }

    func getTimeline(in context: Context, completion: @escaping @Sendable (Timeline<Moment>) -> Void) {
        completion(Timeline(entries: [placeholder(in: context)], policy: .never))
    }
}

private struct Shortcuts: View {
    @Environment(\.widgetFamily) private var family

    var body: some View {
        Group {
            switch family {
            case .systemMedium:
                HStack {
                    link(words("widget_codes"), symbol: "key.fill", to: Shortcut.codes)
                    link(words("widget_scan"), symbol: "qrcode.viewfinder", to: Shortcut.scan)
                }
            case .accessoryCircular:
                ZStack {
                    AccessoryWidgetBackground()
                    Image(systemName: "qrcode.viewfinder").accessibilityLabel(words("widget_scan"))
                }
                .widgetURL(URL(string: Shortcut.scan))
            default:
                Label(words("widget_codes"), systemImage: "key.fill").widgetURL(URL(string: Shortcut.codes))
            }
        }
        .containerBackground(for: .widget) { Rectangle().fill(.background) }
    }

    @ViewBuilder private func link(_ name: String, symbol: String, to place: String) -> some View {
        if let url = URL(string: place) {
            Link(destination: url) {
                Label(name, systemImage: symbol).frame(maxWidth: .infinity, maxHeight: .infinity)
            }
        }
    }
}

/// From the same catalogue as the app's, which is part of this target too.
private func words(_ key: String) -> String {
    Bundle.main.localizedString(forKey: key, value: nil, table: nil)
}
