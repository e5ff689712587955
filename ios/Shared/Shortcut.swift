// The links by which the widget opens a place in the app. They hold nothing but the place.

enum Shortcut {
    static let codes = "countersign:codes"
    static let scan = "countersign:scan"
}
