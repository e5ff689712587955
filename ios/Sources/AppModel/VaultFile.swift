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

    /// Its earlier states belong to it. The vault itself goes last: until then it is told again that it does not open.
    func putAside() throws {
        let files = FileManager.default
        let vault = URL(fileURLWithPath: path)
        var number = 1
        while files.fileExists(atPath: "\(path).aside-\(number)") { number += 1 }
        let aside = "\(path).aside-\(number)"
        try files.createDirectory(atPath: aside, withIntermediateDirectories: false)
        let name = vault.lastPathComponent
        let beside = try files.contentsOfDirectory(atPath: vault.deletingLastPathComponent().path)
        for part in beside.filter({ $0 == name || $0.hasPrefix("\(name).gen-") }).sorted(by: >) {
            let from = vault.deletingLastPathComponent().appendingPathComponent(part)
            try files.moveItem(at: from, to: URL(fileURLWithPath: aside).appendingPathComponent(part))
        }
    }
}
