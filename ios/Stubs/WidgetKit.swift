// Compile-only declarations of WidgetKit, as far as the widget uses it.
@_exported import Foundation
import SwiftUI

func stub() -> Never { fatalError("a stub is for the type checker only") }

public protocol TimelineEntry { var date: Date { get } }
public struct TimelineProviderContext {}
public struct TimelineReloadPolicy: Sendable { public static let never = Self() }
public struct Timeline<Entry: TimelineEntry> { public init(entries: [Entry], policy: TimelineReloadPolicy) { stub() } }
public protocol TimelineProvider {
    associatedtype Entry: TimelineEntry
    typealias Context = TimelineProviderContext
    func placeholder(in context: Context) -> Entry
    func getSnapshot(in context: Context, completion: @escaping @Sendable (Entry) -> Void)
    func getTimeline(in context: Context, completion: @escaping @Sendable (Timeline<Entry>) -> Void)
}
public enum WidgetFamily: Sendable { case systemSmall, systemMedium, accessoryCircular }
@MainActor @preconcurrency public protocol WidgetConfiguration {
    associatedtype Body: WidgetConfiguration
    var body: Body { get }
}
extension Never: WidgetConfiguration {}
public struct StaticConfiguration<Content: View>: WidgetConfiguration {
    public init<P: TimelineProvider>(kind: String, provider: P, @ViewBuilder content: @escaping (P.Entry) -> Content) {
        stub()
    }
    public var body: Never { stub() }
}
extension WidgetConfiguration {
    public func configurationDisplayName<S: StringProtocol>(_ name: S) -> some WidgetConfiguration { self }
    public func description<S: StringProtocol>(_ text: S) -> some WidgetConfiguration { self }
    public func supportedFamilies(_ families: [WidgetFamily]) -> some WidgetConfiguration { self }
}
@MainActor @preconcurrency public protocol Widget {
    associatedtype Body: WidgetConfiguration
    var body: Body { get }
    init()
}
extension Widget { public static func main() { stub() } }
extension EnvironmentValues { public var widgetFamily: WidgetFamily { stub() } }
public enum ContainerBackgroundPlacement: Sendable { case widget }
public struct AccessoryWidgetBackground: View {
    public init() { stub() }
    public var body: Never { stub() }
}
extension View {
    public func widgetURL(_ url: URL?) -> some View { self }
    public func containerBackground<V: View>(
        for container: ContainerBackgroundPlacement, @ViewBuilder content: () -> V
    ) -> some View { self }
}
