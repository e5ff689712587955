// Compile-only declarations of Security and of the Core Foundation types in it, as far as the key store uses them. What is
// bridged on Apple's systems is the same type here.
@_exported import Foundation

func stub() -> Never { fatalError("a stub is for the type checker only") }

public typealias OSStatus = Int32
public typealias CFString = String
public typealias CFData = Data
public typealias CFDictionary = [String: Any]
public typealias CFTypeRef = AnyObject
public final class CFAllocator {}
public final class CFError: Error, @unchecked Sendable {}
public final class SecKey {}
public final class SecAccessControl {}

public struct SecAccessControlCreateFlags: OptionSet, Sendable {
    public let rawValue: UInt
    public init(rawValue: UInt) { self.rawValue = rawValue }
    public static let biometryCurrentSet = Self(rawValue: 1 << 3)
    public static let devicePasscode = Self(rawValue: 1 << 4)
    public static let or = Self(rawValue: 1 << 14)
    public static let privateKeyUsage = Self(rawValue: 1 << 30)
}
public struct SecKeyAlgorithm: Hashable, Sendable {
    public static let ecdsaSignatureMessageX962SHA256 = Self()
    public static let eciesEncryptionCofactorVariableIVX963SHA256AESGCM = Self()
}

public func SecAccessControlCreateWithFlags(
    _ allocator: CFAllocator?, _ protection: CFString, _ flags: SecAccessControlCreateFlags,
    _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> SecAccessControl? { stub() }
public func SecKeyCreateRandomKey(_ parameters: CFDictionary, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?)
    -> SecKey?
{
    stub()
}
public func SecKeyCopyPublicKey(_ key: SecKey) -> SecKey? { stub() }
public func SecKeyCopyExternalRepresentation(_ key: SecKey, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?)
    -> CFData?
{
    stub()
}
public func SecKeyCreateSignature(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ data: CFData, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecKeyCreateEncryptedData(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ data: CFData, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecKeyCreateDecryptedData(
    _ key: SecKey, _ algorithm: SecKeyAlgorithm, _ data: CFData, _ error: UnsafeMutablePointer<Unmanaged<CFError>?>?
) -> CFData? { stub() }
public func SecItemCopyMatching(_ query: CFDictionary, _ result: UnsafeMutablePointer<CFTypeRef?>?) -> OSStatus {
    stub()
}
public func SecItemDelete(_ query: CFDictionary) -> OSStatus { stub() }

public let kSecClass = "class"
public let kSecClassKey = "keys"
public let kSecAttrKeyType = "type"
public let kSecAttrKeyTypeECSECPrimeRandom = "73"
public let kSecAttrKeySizeInBits = "bsiz"
public let kSecAttrTokenID = "tkid"
public let kSecAttrTokenIDSecureEnclave = "com.apple.setoken"
public let kSecPrivateKeyAttrs = "private"
public let kSecAttrIsPermanent = "perm"
public let kSecAttrApplicationTag = "atag"
public let kSecAttrAccessGroup = "agrp"
public let kSecAttrAccessControl = "accc"
public let kSecReturnRef = "r_Ref"
public let kSecUseAuthenticationContext = "u_AuthCtx"
public let kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly = "cku"
public let kSecAttrAccessibleWhenUnlockedThisDeviceOnly = "aku"
public let kSecAttrAccessibleWhenPasscodeSetThisDeviceOnly = "akpu"
public let errSecSuccess: OSStatus = 0
public let errSecItemNotFound: OSStatus = -25300
public let errSecUserCanceled: OSStatus = -128
public let errSecInteractionNotAllowed: OSStatus = -25308
public let errSecNotAvailable: OSStatus = -25291
public let errSecAuthFailed: OSStatus = -25293
public let errSecInvalidKeyRef: OSStatus = -67712

// Apple's Foundation has these two besides.
extension FileManager {
    public func containerURL(forSecurityApplicationGroupIdentifier group: String) -> URL? { stub() }
}
public func memset_s(_ start: UnsafeMutableRawPointer, _ room: Int, _ value: Int32, _ count: Int) -> Int32 { stub() }
