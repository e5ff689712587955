// Colours, fonts, shapes and what measures them.

public typealias CGFloat = Foundation.CGFloat

public protocol ShapeStyle: Sendable {}
public struct Color: Hashable, ShapeStyle {
    public enum RGBColorSpace: Sendable { case sRGB }
    public init(_ space: RGBColorSpace = .sRGB, red: Double, green: Double, blue: Double, opacity: Double = 1) {
        stub()
    }
    public static var red: Color { stub() }
    public static var orange: Color { stub() }
    public static var secondary: Color { stub() }
    public static var primary: Color { stub() }
    public static var accentColor: Color { stub() }
    public static var clear: Color { stub() }
    public static var white: Color { stub() }
    public static var black: Color { stub() }
    public func opacity(_ value: Double) -> Color { stub() }
}
extension Color: View, PrimitiveView {}
extension ShapeStyle where Self == Color {
    public static var red: Color { stub() }
    public static var orange: Color { stub() }
    public static var white: Color { stub() }
    public static var black: Color { stub() }
}
public struct HierarchicalShapeStyle: ShapeStyle {}
extension ShapeStyle where Self == HierarchicalShapeStyle {
    public static var primary: HierarchicalShapeStyle { stub() }
    public static var secondary: HierarchicalShapeStyle { stub() }
}
public struct TintShapeStyle: ShapeStyle {}
extension ShapeStyle where Self == TintShapeStyle { public static var tint: TintShapeStyle { stub() } }
public struct BackgroundStyle: ShapeStyle {}
extension ShapeStyle where Self == BackgroundStyle { public static var background: BackgroundStyle { stub() } }
public struct Material: ShapeStyle {}
extension ShapeStyle where Self == Material {
    public static var regular: Material { stub() }
    public static var ultraThick: Material { stub() }
}

public struct Font: Hashable, Sendable {
    public enum Weight: Sendable { case regular, semibold, bold }
    public enum Design: Sendable { case monospaced }
    public enum TextStyle: Sendable {
        case largeTitle, title, title2, headline, body, callout, subheadline, footnote, caption
    }
    public static var largeTitle: Font { stub() }
    public static var title: Font { stub() }
    public static var title2: Font { stub() }
    public static var title3: Font { stub() }
    public static var headline: Font { stub() }
    public static var subheadline: Font { stub() }
    public static var body: Font { stub() }
    public static var callout: Font { stub() }
    public static var footnote: Font { stub() }
    public static var caption: Font { stub() }
    public static func system(_ style: TextStyle, design: Design? = nil, weight: Weight? = nil) -> Font { stub() }
    public func monospaced() -> Font { stub() }
    public func monospacedDigit() -> Font { stub() }
    public func bold() -> Font { stub() }
}

public struct Angle: Hashable, Sendable { public static func degrees(_ degrees: Double) -> Angle { stub() } }
public struct StrokeStyle: Sendable {
    public enum LineCap: Sendable { case round }
    public init(lineWidth: CGFloat = 1, lineCap: LineCap = .round) { stub() }
}

public protocol Shape: View, Sendable {}
extension Shape {
    public var body: Never { stub() }
    public func trim(from: CGFloat = 0, to: CGFloat = 1) -> some Shape { self }
    public func stroke<S: ShapeStyle>(_ content: S, lineWidth: CGFloat = 1) -> some View { self }
    public func stroke<S: ShapeStyle>(_ content: S, style: StrokeStyle) -> some View { self }
    public func fill<S: ShapeStyle>(_ content: S) -> some View { self }
}
public struct Circle: Shape { public init() { stub() } }
public struct Rectangle: Shape { public init() { stub() } }
public struct Capsule: Shape { public init() { stub() } }
public struct RoundedRectangle: Shape { public init(cornerRadius: CGFloat) { stub() } }
extension Shape where Self == Circle { public static var circle: Circle { stub() } }

public struct HorizontalAlignment: Sendable {
    public static var leading: HorizontalAlignment { stub() }
    public static var center: HorizontalAlignment { stub() }
    public static var trailing: HorizontalAlignment { stub() }
}
public struct VerticalAlignment: Sendable {
    public static var top: VerticalAlignment { stub() }
    public static var center: VerticalAlignment { stub() }
    public static var firstTextBaseline: VerticalAlignment { stub() }
}
public struct Alignment: Sendable {
    public static var center: Alignment { stub() }
    public static var leading: Alignment { stub() }
    public static var trailing: Alignment { stub() }
    public static var top: Alignment { stub() }
    public static var bottom: Alignment { stub() }
}
public enum TextAlignment: Sendable { case leading, center, trailing }
public struct Edge: Sendable {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let all = Set(rawValue: 15)
        public static let top = Set(rawValue: 1)
        public static let bottom = Set(rawValue: 4)
        public static let horizontal = Set(rawValue: 10)
        public static let vertical = Set(rawValue: 5)
    }
}
public enum HorizontalEdge: Sendable { case leading, trailing }
public enum VerticalEdge: Sendable { case top, bottom }
