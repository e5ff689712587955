// Compile-only declarations of PhotosUI's picker: it hands over the pictures that were picked, and sees no others.
@_exported import Foundation
import SwiftUI

func stub() -> Never { fatalError("a stub is for the type checker only") }

public struct PHPickerFilter: Hashable, Sendable { public static let images = Self() }
public struct PhotosPickerItem: Equatable, Hashable, Sendable {
    public func loadTransferable<T: Sendable>(type: T.Type) async throws -> T? { stub() }
}
public struct PhotosPicker<Label: View>: View {
    public init(
        selection: Binding<[PhotosPickerItem]>, maxSelectionCount: Int? = nil, matching filter: PHPickerFilter? = nil,
        @ViewBuilder label: () -> Label
    ) { stub() }
    public var body: Never { stub() }
}
