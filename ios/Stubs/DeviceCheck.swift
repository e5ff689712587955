// Compile-only declarations of DeviceCheck, as far as the key store uses it.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

public final class DCAppAttestService: Sendable {
    public static var shared: DCAppAttestService { stub() }
    public var isSupported: Bool { stub() }
    public func generateKey() async throws -> String { stub() }
    public func attestKey(_ keyId: String, clientDataHash: Data) async throws -> Data { stub() }
}
