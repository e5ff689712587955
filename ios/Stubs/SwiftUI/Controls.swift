// What the person presses, types into and moves about with.

public struct ButtonRole: Equatable, Sendable {
    public static var destructive: ButtonRole { stub() }
    public static var cancel: ButtonRole { stub() }
}
public struct Button<Label: View>: PrimitiveView {
    public init(role: ButtonRole? = nil, action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        stub()
    }
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) { stub() }
}
extension Button where Label == Text {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, action: @escaping @MainActor () -> Void) { stub() }
    @_disfavoredOverload public init<S: StringProtocol>(
        _ title: S, role: ButtonRole?, action: @escaping @MainActor () -> Void
    ) { stub() }
}
extension Button where Label == SwiftUI.Label<Text, Image> {
    @_disfavoredOverload public init<S: StringProtocol>(
        _ title: S, systemImage: String, action: @escaping @MainActor () -> Void
    ) { stub() }
    @_disfavoredOverload public init<S: StringProtocol>(
        _ title: S, systemImage: String, role: ButtonRole?, action: @escaping @MainActor () -> Void
    ) { stub() }
}
public struct Link<Label: View>: PrimitiveView {
    public init(destination: URL, @ViewBuilder label: () -> Label) { stub() }
}
public struct ShareLink<Data, PreviewImage, PreviewIcon, Label> {}
extension ShareLink: View, PrimitiveView where Label: View {}
extension ShareLink where PreviewImage == Never, PreviewIcon == Never, Data == CollectionOfOne<String>, Label: View {
    public init(item: String, subject: Text? = nil, message: Text? = nil, @ViewBuilder label: () -> Label) { stub() }
}
extension ShareLink where PreviewImage == Never, PreviewIcon == Never, Data == CollectionOfOne<URL>, Label: View {
    public init(item: URL, subject: Text? = nil, message: Text? = nil, @ViewBuilder label: () -> Label) { stub() }
}
public struct Menu<Label: View, Content: View>: PrimitiveView {
    public init(@ViewBuilder content: () -> Content, @ViewBuilder label: () -> Label) { stub() }
}
public struct TextField<Label: View>: PrimitiveView {}
extension TextField where Label == Text {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>) { stub() }
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>, axis: Axis) { stub() }
}
public struct SecureField<Label: View>: PrimitiveView {}
extension SecureField where Label == Text {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, text: Binding<String>) { stub() }
}
public struct Toggle<Label: View>: PrimitiveView {}
extension Toggle where Label == Text {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S, isOn: Binding<Bool>) { stub() }
}
public struct Picker<Label: View, Selection: Hashable, Content: View>: PrimitiveView {}
extension Picker where Label == Text {
    @_disfavoredOverload public init<S: StringProtocol>(
        _ title: S, selection: Binding<Selection>, @ViewBuilder content: () -> Content
    ) { stub() }
}
public struct Stepper<Label: View>: PrimitiveView {
    public init<V: Strideable>(
        value: Binding<V>, in bounds: ClosedRange<V>, step: V.Stride = 1, @ViewBuilder label: () -> Label
    ) { stub() }
}
public struct Slider<Label: View, ValueLabel: View>: PrimitiveView {}
extension Slider where ValueLabel == EmptyView {
    public init<V: BinaryFloatingPoint>(
        value: Binding<V>, in bounds: ClosedRange<V>, @ViewBuilder label: () -> Label
    ) where V.Stride: BinaryFloatingPoint { stub() }
}
public struct ProgressView<Label: View, CurrentValueLabel: View>: PrimitiveView {}
extension ProgressView where Label == EmptyView, CurrentValueLabel == EmptyView { public init() { stub() } }
extension ProgressView where Label == Text, CurrentValueLabel == EmptyView {
    @_disfavoredOverload public init<S: StringProtocol>(_ title: S) { stub() }
}

public struct NavigationPath {}
public struct NavigationStack<Data, Root: View>: PrimitiveView {}
extension NavigationStack where Data == NavigationPath { public init(@ViewBuilder root: () -> Root) { stub() } }
extension NavigationStack {
    public init(path: Binding<Data>, @ViewBuilder root: () -> Root)
    where
        Data: MutableCollection, Data: RandomAccessCollection, Data: RangeReplaceableCollection, Data.Element: Hashable
    { stub() }
}
public struct NavigationLink<Label: View, Destination: View>: PrimitiveView {
    public init(@ViewBuilder destination: () -> Destination, @ViewBuilder label: () -> Label) { stub() }
}
extension NavigationLink where Destination == Never {
    public init<P: Hashable>(value: P?, @ViewBuilder label: () -> Label) { stub() }
}
public struct TabView<Selection: Hashable, Content: View>: PrimitiveView {
    public init(selection: Binding<Selection>?, @ViewBuilder content: () -> Content) { stub() }
}

public protocol ButtonStyleKind {}
public struct BorderedProminentButtonStyle: ButtonStyleKind {}
public struct BorderedButtonStyle: ButtonStyleKind {}
public struct PlainButtonStyle: ButtonStyleKind {}
extension ButtonStyleKind where Self == BorderedProminentButtonStyle {
    public static var borderedProminent: BorderedProminentButtonStyle { stub() }
}
extension ButtonStyleKind where Self == BorderedButtonStyle {
    public static var bordered: BorderedButtonStyle { stub() }
}
extension ButtonStyleKind where Self == PlainButtonStyle { public static var plain: PlainButtonStyle { stub() } }
public enum ControlSize: Sendable { case small, regular, large }

@MainActor @preconcurrency public protocol ToolbarContent {
    associatedtype Body: ToolbarContent
    var body: Body { get }
}
extension Never: ToolbarContent {}
@resultBuilder public struct ToolbarContentBuilder {
    public static func buildExpression<C: ToolbarContent>(_ content: C) -> C { stub() }
    public static func buildBlock<each C: ToolbarContent>(_ content: repeat each C) -> TupleToolbar<(repeat each C)> {
        stub()
    }
    public static func buildIf<C: ToolbarContent>(_ content: C?) -> TupleToolbar<C?> { stub() }
}
public struct TupleToolbar<T>: ToolbarContent { public var body: Never { stub() } }
public struct ToolbarItemPlacement: Sendable {
    public static var confirmationAction: ToolbarItemPlacement { stub() }
    public static var cancellationAction: ToolbarItemPlacement { stub() }
    public static var primaryAction: ToolbarItemPlacement { stub() }
    public static var topBarLeading: ToolbarItemPlacement { stub() }
    public static var topBarTrailing: ToolbarItemPlacement { stub() }
}
public struct ToolbarItem<ID, Content: View>: ToolbarContent { public var body: Never { stub() } }
extension ToolbarItem where ID == () {
    public init(placement: ToolbarItemPlacement, @ViewBuilder content: () -> Content) { stub() }
}
