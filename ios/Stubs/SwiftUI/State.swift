// State, bindings and the environment.

@propertyWrapper public struct State<Value> {
    public init(wrappedValue value: Value) { stub() }
    public init(initialValue value: Value) { stub() }
    public var wrappedValue: Value {
        get { stub() }
        nonmutating set { stub() }
    }
    public var projectedValue: Binding<Value> { stub() }
}
extension State where Value: ExpressibleByNilLiteral { public init() { stub() } }

@propertyWrapper @dynamicMemberLookup public struct Binding<Value> {
    public init(
        get: @escaping @isolated(any) @Sendable () -> Value, set: @escaping @isolated(any) @Sendable (Value) -> Void
    ) {
        stub()
    }
    public static func constant(_ value: Value) -> Binding<Value> { stub() }
    public var wrappedValue: Value {
        get { stub() }
        nonmutating set { stub() }
    }
    public var projectedValue: Binding<Value> { self }
    public subscript<Subject>(dynamicMember path: WritableKeyPath<Value, Subject>) -> Binding<Subject> { stub() }
}

@propertyWrapper @dynamicMemberLookup public struct Bindable<Value> {
    private let value: Value
    public var wrappedValue: Value {
        get { stub() }
        nonmutating set { stub() }
    }
    public var projectedValue: Bindable<Value> { self }
}
extension Bindable where Value: AnyObject & Observable {
    public init(wrappedValue: Value) { stub() }
    public init(_ value: Value) { stub() }
    public subscript<Subject>(dynamicMember path: ReferenceWritableKeyPath<Value, Subject>) -> Binding<Subject> {
        stub()
    }
}

@propertyWrapper public struct FocusState<Value: Hashable> {
    public struct Binding {}
    public init() where Value == Bool { stub() }
    public init<T: Hashable>() where Value == T? { stub() }
    public var wrappedValue: Value {
        get { stub() }
        nonmutating set { stub() }
    }
    public var projectedValue: Binding { stub() }
}

@propertyWrapper public struct Environment<Value> {
    public init(_ path: KeyPath<EnvironmentValues, Value>) { stub() }
    public init(_ type: Value.Type) where Value: AnyObject & Observable { stub() }
    public var wrappedValue: Value { stub() }
}

public protocol EnvironmentKey {
    associatedtype Value
    static var defaultValue: Value { get }
}

public struct EnvironmentValues {
    public subscript<K: EnvironmentKey>(key: K.Type) -> K.Value {
        get { stub() }
        set { stub() }
    }
    public var colorScheme: ColorScheme {
        get { stub() }
        set { stub() }
    }
    public var layoutDirection: LayoutDirection {
        get { stub() }
        set { stub() }
    }
    public var isSceneCaptured: Bool {
        get { stub() }
        set { stub() }
    }
    public var scenePhase: ScenePhase { stub() }
    public var dismiss: DismissAction { stub() }
    public var openURL: OpenURLAction { stub() }
    public var dynamicTypeSize: DynamicTypeSize { stub() }
}

public enum ScenePhase: Comparable, Sendable { case background, inactive, active }
public enum ColorScheme: Sendable { case light, dark }
public enum LayoutDirection: Hashable, Sendable { case leftToRight, rightToLeft }
public enum DynamicTypeSize: Comparable, Sendable {
    case large, accessibility1, accessibility5
    public var isAccessibilitySize: Bool { stub() }
}
@MainActor @preconcurrency public struct DismissAction { public func callAsFunction() { stub() } }
@MainActor @preconcurrency public struct OpenURLAction { public func callAsFunction(_ url: URL) { stub() } }

extension View {
    public func environment<V>(_ path: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View { self }
}
