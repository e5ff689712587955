// What every view can be told.
import UIKit
import UniformTypeIdentifiers

public struct PresentationDetent: Hashable, Sendable { public static var medium: PresentationDetent { stub() } }
public enum Visibility: Hashable, Sendable { case automatic, visible, hidden }
public enum SubmitLabel: Sendable { case done, go, next }
public struct NavigationBarItem: Sendable { public enum TitleDisplayMode: Sendable { case inline, large } }
public struct AccessibilityTraits: OptionSet, Sendable {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static var isSelected: AccessibilityTraits { stub() }
    public static var isHeader: AccessibilityTraits { stub() }
    public static var isButton: AccessibilityTraits { stub() }
    public static var updatesFrequently: AccessibilityTraits { stub() }
}
public struct AccessibilityChildBehavior: Sendable {
    public static var ignore: AccessibilityChildBehavior { stub() }
    public static var combine: AccessibilityChildBehavior { stub() }
    public static var contain: AccessibilityChildBehavior { stub() }
}
public struct TextInputAutocapitalization: Sendable { public static var never: TextInputAutocapitalization { stub() } }
@MainActor @preconcurrency public protocol ListStyle {}
public struct InsetGroupedListStyle: ListStyle {}
public struct PlainListStyle: ListStyle {}
extension ListStyle where Self == InsetGroupedListStyle {
    public static var insetGrouped: InsetGroupedListStyle { stub() }
}
extension ListStyle where Self == PlainListStyle { public static var plain: PlainListStyle { stub() } }

// Layout and looks.
extension View {
    public func padding(_ length: CGFloat) -> some View { self }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center) -> some View {
        self
    }
    public func frame(
        minWidth: CGFloat? = nil, idealWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        idealHeight: CGFloat? = nil, maxHeight: CGFloat? = nil, alignment: Alignment = .center
    ) -> some View { self }
    public func font(_ font: Font?) -> some View { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { self }
    public func tint<S: ShapeStyle>(_ style: S?) -> some View { self }
    public func background<S: ShapeStyle>(_ style: S) -> some View { self }
    public func background<S: ShapeStyle, T: Shape>(_ style: S, in shape: T) -> some View { self }
    public func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View { self }
    public func safeAreaInset<V: View>(
        edge: VerticalEdge, alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil,
        @ViewBuilder content: () -> V
    ) -> some View { self }
    public func clipShape<S: Shape>(_ shape: S) -> some View { self }
    public func opacity(_ opacity: Double) -> some View { self }
    public func rotationEffect(_ angle: Angle) -> some View { self }
    public func scaledToFit() -> some View { self }
    public func aspectRatio(_ ratio: CGFloat? = nil, contentMode: ContentMode) -> some View { self }
    public func fixedSize(horizontal: Bool, vertical: Bool) -> some View { self }
    public func lineLimit(_ number: Int?) -> some View { self }
    public func minimumScaleFactor(_ factor: CGFloat) -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func monospacedDigit() -> some View { self }
    public func ignoresSafeArea() -> some View { self }
    public func listStyle<S: ListStyle>(_ style: S) -> some View { self }
    public func buttonStyle<S: ButtonStyleKind>(_ style: S) -> some View { self }
    public func controlSize(_ size: ControlSize) -> some View { self }
    public func contentShape<S: Shape>(_ shape: S) -> some View { self }
    public func dynamicTypeSize(_ range: PartialRangeThrough<DynamicTypeSize>) -> some View { self }
    public func privacySensitive(_ sensitive: Bool = true) -> some View { self }
    public func modifier<T: ViewModifier>(_ modifier: T) -> ModifiedContent<Self, T> { stub() }
    public func id<ID: Hashable>(_ id: ID) -> some View { self }
    public func tag<V: Hashable>(_ tag: V) -> some View { self }
    public func disabled(_ disabled: Bool) -> some View { self }
}
public enum ContentMode: Sendable { case fit, fill }

// Moving about.
extension View {
    @_disfavoredOverload public func navigationTitle<S: StringProtocol>(_ title: S) -> some View { self }
    public func navigationBarTitleDisplayMode(_ mode: NavigationBarItem.TitleDisplayMode) -> some View { self }
    public func navigationDestination<D: Hashable, C: View>(
        for data: D.Type, @ViewBuilder destination: @escaping (D) -> C
    ) -> some View { self }
    public func navigationDestination<V: View>(isPresented: Binding<Bool>, @ViewBuilder destination: () -> V)
        -> some View
    { self }
    public func tabItem<V: View>(@ViewBuilder _ label: () -> V) -> some View { self }
    public func badge(_ count: Int) -> some View { self }
    public func toolbar<C: ToolbarContent>(@ToolbarContentBuilder content: () -> C) -> some View { self }
    public func sheet<C: View>(
        isPresented: Binding<Bool>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping () -> C
    ) -> some View { self }
    public func sheet<Item: Identifiable, C: View>(
        item: Binding<Item?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (Item) -> C
    ) -> some View { self }
    public func interactiveDismissDisabled(_ disabled: Bool = true) -> some View { self }
    @_disfavoredOverload public func confirmationDialog<S: StringProtocol, A: View, M: View>(
        _ title: S, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic, @ViewBuilder actions: () -> A,
        @ViewBuilder message: () -> M
    ) -> some View { self }
    @_disfavoredOverload public func alert<S: StringProtocol, A: View, M: View>(
        _ title: S, isPresented: Binding<Bool>, @ViewBuilder actions: () -> A, @ViewBuilder message: () -> M
    ) -> some View { self }
    @_disfavoredOverload public func searchable<S: StringProtocol>(text: Binding<String>, prompt: S) -> some View {
        self
    }
    public func swipeActions<T: View>(
        edge: HorizontalEdge = .trailing, allowsFullSwipe: Bool = true, @ViewBuilder content: () -> T
    ) -> some View { self }
    public func contextMenu<C: View>(@ViewBuilder menuItems: () -> C) -> some View { self }
    public func refreshable(action: @escaping @Sendable () async -> Void) -> some View { self }
}

// What happens.
extension View {
    public func onAppear(perform action: (() -> Void)? = nil) -> some View { self }
    public func onDisappear(perform action: (() -> Void)? = nil) -> some View { self }
    public func onTapGesture(count: Int = 1, perform action: @escaping () -> Void) -> some View { self }
    public func onChange<V: Equatable>(of value: V, initial: Bool = false, _ action: @escaping (V, V) -> Void)
        -> some View
    { self }
    public func onChange<V: Equatable>(of value: V, initial: Bool = false, _ action: @escaping () -> Void) -> some View
    { self }
    public func onSubmit(_ action: @escaping (() -> Void)) -> some View { self }
    public func onOpenURL(perform action: @escaping (URL) -> Void) -> some View { self }
    @inlinable public func task(
        priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: sending @escaping @isolated(any) () async -> Void
    ) -> some View { self }
    @inlinable public func task<T: Equatable>(
        id value: T, priority: TaskPriority = .userInitiated,
        @_inheritActorContext _ action: sending @escaping @isolated(any) () async -> Void
    ) -> some View { self }
    public func simultaneousGesture<T: Gesture>(_ gesture: T) -> some View { self }
    public func focused(_ condition: FocusState<Bool>.Binding) -> some View { self }
    public func submitLabel(_ label: SubmitLabel) -> some View { self }
    public func keyboardType(_ type: UIKeyboardType) -> some View { self }
    public func textContentType(_ type: UITextContentType?) -> some View { self }
    public func textInputAutocapitalization(_ kind: TextInputAutocapitalization?) -> some View { self }
    public func autocorrectionDisabled(_ disable: Bool = true) -> some View { self }
}
@MainActor @preconcurrency public protocol Gesture<Value> { associatedtype Value }
public struct TapGesture: Gesture {
    public typealias Value = ()
    public init(count: Int = 1) { stub() }
}
public struct DragGesture: Gesture {
    public struct Value: Equatable, Sendable {}
    public init(minimumDistance: CGFloat = 10) { stub() }
}
extension Gesture { public func onEnded(_ action: @escaping (Value) -> Void) -> some Gesture<Value> { self } }
extension Gesture where Value: Equatable {
    public func onChanged(_ action: @escaping (Value) -> Void) -> some Gesture<Value> { self }
}

// What a screen reader says.
extension View {
    @_disfavoredOverload public func accessibilityLabel<S: StringProtocol>(_ label: S) -> some View { self }
    public func accessibilityLabel(_ label: Text) -> some View { self }
    @_disfavoredOverload public func accessibilityValue<S: StringProtocol>(_ value: S) -> some View { self }
    @_disfavoredOverload public func accessibilityHint<S: StringProtocol>(_ hint: S) -> some View { self }
    @_disfavoredOverload public func accessibilityAction<S: StringProtocol>(
        named name: S, _ handler: @escaping () -> Void
    ) -> some View { self }
    public func accessibilityHidden(_ hidden: Bool) -> some View { self }
    public func accessibilityElement(children: AccessibilityChildBehavior = .ignore) -> some View { self }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }
    public func speechSpellsOutCharacters(_ value: Bool = true) -> some View { self }
}

// Files that the person picks, and where they are written.
public protocol FileDocument {
    static var readableContentTypes: [UTType] { get }
    static var writableContentTypes: [UTType] { get }
    init(configuration: ReadConfiguration) throws
    func fileWrapper(configuration: WriteConfiguration) throws -> FileWrapper
    typealias ReadConfiguration = FileDocumentReadConfiguration
    typealias WriteConfiguration = FileDocumentWriteConfiguration
}
public struct FileDocumentReadConfiguration {}
public struct FileDocumentWriteConfiguration {}
public struct FileWrapper {
    public init(regularFileWithContents contents: Data) { stub() }
    public var preferredFilename: String? {
        get { stub() }
        nonmutating set { stub() }
    }
}
extension View {
    public func fileImporter(
        isPresented: Binding<Bool>, allowedContentTypes: [UTType],
        onCompletion: @escaping (_ result: Result<URL, any Error>) -> Void
    ) -> some View { self }
    public func fileExporter<C: Collection>(
        isPresented: Binding<Bool>, documents: C, contentType: UTType,
        onCompletion: @escaping (_ result: Result<[URL], any Error>) -> Void
    ) -> some View where C.Element: FileDocument { self }
}
