// Where the vault is: in the folder that the app and its notification extension share. The vault is part of the phone's
// backup; the keys that open it without a password are not, and stay in this phone's Secure Enclave.

import Foundation

enum VaultPlace {
    /// The vault's file. Its folder is made on first use.
    static func file() throws -> URL {
        let folder = try shared().appending(path: "vault", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            // Sealed by its own keys besides. A stricter class would close it under a request that is being answered.
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
        return folder.appending(path: "vault.db", directoryHint: .notDirectory)
    }

    private static func shared() throws -> URL {
        guard let folder = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: Brand.group)
        else { throw CocoaError(.fileNoSuchFile) }
        return folder
    }
}
