// Compile-only declarations of Network, as far as the adapters use it.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

public struct NWPath: Sendable {
    public enum Status: Sendable { case satisfied, unsatisfied, requiresConnection }
    public let status: Status
}
public final class NWPathMonitor: Sendable {
    public init() { stub() }
    public var pathUpdateHandler: (@Sendable (_ path: NWPath) -> Void)? {
        get { stub() }
        set { stub() }
    }
    public func start(queue: DispatchQueue) { stub() }
    public func cancel() { stub() }
}
