// Compile-only declarations of SwiftUI, as far as our views use it: they let the views be type-checked where there is no
// SwiftUI. Nothing here does anything. Names, labels, types and isolation are those of Apple's SDK for iOS 17.
@_exported import Foundation
@_exported import Observation
@_exported import UIKit

@MainActor @preconcurrency public protocol View {
    associatedtype Body: View
    @ViewBuilder var body: Body { get }
}

extension Never: View {
    public typealias Body = Never
    public var body: Never { stub() }
}

/// A view that SwiftUI itself draws.
public protocol PrimitiveView: View where Body == Never {}
extension PrimitiveView {
    public var body: Never { stub() }
}

func stub() -> Never { fatalError("a stub is for the type checker only") }

@resultBuilder public struct ViewBuilder {
    public static func buildExpression<Content: View>(_ content: Content) -> Content { stub() }
    public static func buildBlock() -> EmptyView { stub() }
    public static func buildBlock<Content: View>(_ content: Content) -> Content { stub() }
    public static func buildBlock<each Content: View>(_ content: repeat each Content) -> TupleView<
        (repeat each Content)
    > {
        stub()
    }
    public static func buildIf<Content: View>(_ content: Content?) -> Content? { stub() }
    public static func buildEither<A: View, B: View>(first: A) -> _ConditionalContent<A, B> { stub() }
    public static func buildEither<A: View, B: View>(second: B) -> _ConditionalContent<A, B> { stub() }
}

public struct EmptyView: PrimitiveView { public init() { stub() } }
public struct TupleView<T>: PrimitiveView {}
public struct _ConditionalContent<A, B> {}
extension _ConditionalContent: View, PrimitiveView where A: View, B: View {}
extension Optional: View where Wrapped: View {
    public typealias Body = Never
    public var body: Never { stub() }
}
public struct AnyView: PrimitiveView { public init<V: View>(_ view: V) { stub() } }
public struct Group<Content> {}
extension Group: View, PrimitiveView where Content: View {
    public init(@ViewBuilder content: () -> Content) { stub() }
}

public protocol ViewModifier {
    associatedtype Body: View
    @MainActor @ViewBuilder func body(content: Content) -> Body
    typealias Content = _ViewModifier_Content<Self>
}
public struct _ViewModifier_Content<Modifier>: PrimitiveView {}
public struct ModifiedContent<Content, Modifier> {}
extension ModifiedContent: View, PrimitiveView where Content: View {}

@MainActor @preconcurrency public protocol App {
    associatedtype Body: Scene
    @SceneBuilder var body: Body { get }
    init()
}
extension App { public static func main() { stub() } }
@MainActor @preconcurrency public protocol Scene {
    associatedtype Body: Scene
    var body: Body { get }
}
extension Never: Scene {}
@resultBuilder public struct SceneBuilder {
    public static func buildBlock<Content: Scene>(_ content: Content) -> Content { stub() }
}
public struct WindowGroup<Content: View>: Scene {
    public init(@ViewBuilder content: () -> Content) { stub() }
    public var body: Never { stub() }
}
public struct BackgroundTask<Request, Response>: Sendable {
    public static func appRefresh(_ identifier: String) -> BackgroundTask<Void, Void> { stub() }
}
extension Scene {
    public func backgroundTask<D: Sendable, R: Sendable>(
        _ task: BackgroundTask<D, R>, action: @escaping @Sendable (D) async -> R
    ) -> some Scene { self }
}

@MainActor @preconcurrency public protocol UIViewRepresentable: View where Body == Never {
    associatedtype UIViewType: UIView
    typealias Context = UIViewRepresentableContext<Self>
    func makeUIView(context: Context) -> UIViewType
    func updateUIView(_ uiView: UIViewType, context: Context)
}
extension UIViewRepresentable { public var body: Never { stub() } }
public struct UIViewRepresentableContext<Representable: UIViewRepresentable> {}

@MainActor @propertyWrapper public struct UIApplicationDelegateAdaptor<Delegate: NSObject & UIApplicationDelegate> {
    public init(_ type: Delegate.Type = Delegate.self) { stub() }
    public var wrappedValue: Delegate { stub() }
}
