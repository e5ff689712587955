// What the package manager writes beside a target with resources.
import Foundation

extension Bundle {
    static let module = Bundle.main
}
