// The vault's file and what lies beside it, moved out of the way when a recovered vault takes its place.

import Foundation

struct VaultFile {
    let path: String

    /// Where a recovered vault is written before it takes the place. One from an attempt that was broken off holds nothing
    /// that is not still to be found in the damaged one.
    func placeForRecovered() throws -> String {
        let place = path + ".recovered"
        if FileManager.default.fileExists(atPath: place) { try FileManager.default.removeItem(atPath: place) }
        return place
    }

    func take(_ saved: String) throws {
        try FileManager.default.moveItem(atPath: saved, toPath: path)
    }

    /// Its earlier states belong to it, and go first: a move that is broken off leaves no new vault among them.
    func putAside() throws {
        let files = FileManager.default
        let vault = URL(fileURLWithPath: path)
        let aside = (1...).lazy.map { "\(path).aside-\($0)" }.first { !files.fileExists(atPath: $0) }!
        try files.createDirectory(atPath: aside, withIntermediateDirectories: false)
        let name = vault.lastPathComponent
        let beside = try files.contentsOfDirectory(atPath: vault.deletingLastPathComponent().path)
        for part in beside.filter({ $0 == name || $0.hasPrefix("\(name).gen-") }).sorted(by: >) {
            let from = vault.deletingLastPathComponent().appendingPathComponent(part)
            try files.moveItem(at: from, to: URL(fileURLWithPath: aside).appendingPathComponent(part))
        }
    }
}
