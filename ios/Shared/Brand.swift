// What the build knows of this brand, read from Info.plist, where Branding.xcconfig has put it.

import Foundation

enum Brand {
    /// Under which the app and its notification extension share the vault and the keys.
    static let group = text("Group")

    /// Whether opening the vault asks for the person each time.
    static let vaultNeedsPerson = text("VaultNeedsPerson") != "NO"

    /// Where to ask for an invitation; none when the brand names no server.
    static let server = text("Server").isEmpty ? nil : text("Server")

    static let color = rgb(text("Color"))
    static let colorDark = rgb(text("ColorDark"))

    private static func text(_ key: String) -> String {
        let brand = Bundle.main.object(forInfoDictionaryKey: "Brand") as? [String: String]
        return brand?[key] ?? ""
    }

    private static func rgb(_ text: String) -> UInt32 {
        UInt32(text, radix: 16) ?? 0x1f5fa8
    }
}
