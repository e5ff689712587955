// Compile-only: names of kinds of data.

public struct UTType: Sendable, Hashable {
    public let identifier: String
    public static let data = UTType(identifier: "public.data")
    public static let item = UTType(identifier: "public.item")
    public static let utf8PlainText = UTType(identifier: "public.utf8-plain-text")
}
