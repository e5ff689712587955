// Texts, pictures, stacks and lists.
import UIKit

public struct LocalizedStringKey: ExpressibleByStringInterpolation, Equatable {
    public init(_ value: String) { stub() }
    public init(stringLiteral value: String) { stub() }
}

public struct Text: Equatable, Sendable {
    public init(verbatim content: String) { stub() }
    @_disfavoredOverload public init<S: StringProtocol>(_ content: S) { stub() }
    public init(
        _ key: LocalizedStringKey, tableName: String? = nil, bundle: Bundle? = nil, comment: StaticString? = nil
    ) {
        stub()
    }
    public func font(_ font: Font?) -> Text { stub() }
    public func bold() -> Text { stub() }
    public func monospacedDigit() -> Text { stub() }
}
extension Text: View, PrimitiveView {}

public struct Image: Equatable, Sendable {
    public init(systemName: String) { stub() }
    public init(uiImage: UIImage) { stub() }
    public init(decorative name: String, bundle: Bundle? = nil) { stub() }
    public enum Scale: Sendable { case small, medium, large }
    public enum Interpolation: Sendable { case none }
    public func resizable() -> Image { stub() }
    public func interpolation(_ interpolation: Interpolation) -> Image { stub() }
}
extension Image: View, PrimitiveView {}

public struct Label<Title: View, Icon: View>: PrimitiveView {
    public init(@ViewBuilder title: () -> Title, @ViewBuilder icon: () -> Icon) { stub() }
}
extension Label where Title == Text, Icon == Image {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, systemImage name: String) { stub() }
    public init(_ key: LocalizedStringKey, systemImage name: String) { stub() }
}
public struct LabeledContent<Label, Content> {}
extension LabeledContent: View, PrimitiveView where Label: View, Content: View {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label) { stub() }
}
extension LabeledContent where Label == Text, Content: View {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) { stub() }
}
extension LabeledContent where Label == Text, Content == Text {
    @_disfavoredOverload public init<A: StringProtocol, B: StringProtocol>(_ title: A, value: B) { stub() }
}
public struct ContentUnavailableView<Label: View, Description: View, Actions: View>: PrimitiveView {
    public init(
        @ViewBuilder label: () -> Label, @ViewBuilder description: () -> Description = { EmptyView() },
        @ViewBuilder actions: () -> Actions = { EmptyView() }
    ) { stub() }
}

public struct HStack<Content: View>: PrimitiveView {
    public init(alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
        stub()
    }
}
public struct VStack<Content: View>: PrimitiveView {
    public init(alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content)
    { stub() }
}
public struct ZStack<Content: View>: PrimitiveView {
    public init(alignment: Alignment = .center, @ViewBuilder content: () -> Content) { stub() }
}
public struct ViewThatFits<Content: View>: PrimitiveView {
    public init(in axes: Axis.Set = [.horizontal, .vertical], @ViewBuilder content: () -> Content) { stub() }
}
public enum Axis: Sendable {
    case horizontal, vertical
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let horizontal = Set(rawValue: 1)
        public static let vertical = Set(rawValue: 2)
    }
}
public struct ScrollView<Content: View>: PrimitiveView {
    public init(_ axes: Axis.Set = .vertical, showsIndicators: Bool = true, @ViewBuilder content: () -> Content) {
        stub()
    }
}
public struct Spacer: PrimitiveView { public init(minLength: CGFloat? = nil) { stub() } }
public struct Divider: PrimitiveView { public init() { stub() } }
public struct GridItem: Sendable {
    public enum Size: Sendable { case adaptive(minimum: CGFloat, maximum: CGFloat = .infinity) }
    public init(_ size: Size, spacing: CGFloat? = nil, alignment: Alignment? = nil) { stub() }
}
public struct LazyVGrid<Content: View>: PrimitiveView {
    public init(
        columns: [GridItem], alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil,
        @ViewBuilder content: () -> Content
    ) { stub() }
}

public protocol DynamicViewContent: View {
    associatedtype Data: Collection
}
public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content> {}
extension ForEach: View, PrimitiveView where Content: View {}
extension ForEach: DynamicViewContent where Content: View {}
extension ForEach where Content: View {
    public init(_ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content)
    { stub() }
}
extension ForEach where Content: View, Data.Element: Identifiable, ID == Data.Element.ID {
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) { stub() }
}
extension DynamicViewContent {
    public func onMove(perform action: ((IndexSet, Int) -> Void)?) -> some DynamicViewContent { self }
    public func onDelete(perform action: ((IndexSet) -> Void)?) -> some DynamicViewContent { self }
}
public struct List<Selection, Content: View>: PrimitiveView {}
extension List where Selection == Never { public init(@ViewBuilder content: () -> Content) { stub() } }
public struct Form<Content: View>: PrimitiveView { public init(@ViewBuilder content: () -> Content) { stub() } }
public struct Section<Parent, Content, Footer> {}
extension Section: View, PrimitiveView where Parent: View, Content: View, Footer: View {
    public init(
        @ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent, @ViewBuilder footer: () -> Footer
    ) { stub() }
}
extension Section where Parent == EmptyView, Content: View, Footer: View {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder footer: () -> Footer) { stub() }
}
extension Section where Parent: View, Content: View, Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder header: () -> Parent) { stub() }
}
extension Section where Parent == EmptyView, Content: View, Footer == EmptyView {
    public init(@ViewBuilder content: () -> Content) { stub() }
}
extension Section where Parent == Text, Content: View, Footer == EmptyView {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, @ViewBuilder content: () -> Content) { stub() }
}

public protocol TimelineSchedule {}
public struct PeriodicTimelineSchedule: TimelineSchedule {}
public struct AnimationTimelineSchedule: TimelineSchedule {}
extension TimelineSchedule where Self == PeriodicTimelineSchedule {
    public static func periodic(from start: Date, by interval: TimeInterval) -> PeriodicTimelineSchedule { stub() }
}
public struct TimelineViewDefaultContext { public let date: Date }
public struct TimelineView<Schedule, Content> {}
extension TimelineView: View, PrimitiveView where Schedule: TimelineSchedule, Content: View {
    public init(_ schedule: Schedule, @ViewBuilder content: @escaping (TimelineViewDefaultContext) -> Content) {
        stub()
    }
}
