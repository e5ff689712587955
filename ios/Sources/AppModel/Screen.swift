// What all screens have in common, so that a stack of them can be shown.

/// Ends with its screen.
@MainActor
public protocol Closing: AnyObject {
    func close()
}

extension Model: Closing {}

extension Screen {
    var model: any Closing {
        switch self {
        case .scan(let model): model
        case .entry(let model): model
        case .enroll(let model): model
        case .request(let model): model
        case .offline(let model): model
        case .account(let model): model
        case .history(let model): model
        case .import(let model): model
        case .export(let model): model
        case .phrase(let model): model
        }
    }
}

/// The same screen is the one with the same model.
extension Screen: Hashable {
    public nonisolated static func == (one: Screen, other: Screen) -> Bool {
        ObjectIdentifier(one.model) == ObjectIdentifier(other.model)
    }

    public nonisolated func hash(into hasher: inout Hasher) {
        hasher.combine(ObjectIdentifier(model))
    }
}
