// Days and times as the person writes them, with digits that are the same everywhere.

import Foundation

/// A dash where there is none.
func moment(_ seconds: UInt64?) -> String {
    guard let seconds, seconds > 0 else { return "–" }
    return Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.dateTime.locale(latin))
}

/// The same for a server's RFC 3339; what is none stays as the server wrote it.
func moment(written: String) -> String {
    guard let date = try? Date(written, strategy: .iso8601) else { return written }
    return date.formatted(.dateTime.locale(latin))
}

/// The person's own way to write a date, in the app's language, with ASCII digits.
private let latin: Locale = {
    var parts = Locale.Components(locale: .autoupdatingCurrent)
    parts.numberingSystem = .init("latn")
    return Locale(components: parts)
}()
