// swift-tools-version: 6.0
// The phone app's logic and screens, over the Rust core. `Generated/` is written from the library by `ios/generate`, and is
// never committed.
import PackageDescription

#if os(Linux)
    // The library as cargo built it.
    let library = Context.environment["COUNTERSIGN_LIBRARY_DIR"] ?? "../target/debug"
    let coreFFI = Target.systemLibrary(name: "CountersignCoreFFI", path: "Generated/CountersignCoreFFI")
    let coreLinking: [LinkerSetting] = [
        // The library is built against an older Debian than the one Swift is in: its symbols are found when it is loaded.
        .unsafeFlags(["-L", library, "-Xlinker", "-rpath", "-Xlinker", library, "-Xlinker", "--allow-shlib-undefined"]),
        .linkedLibrary("countersign_core"),
    ]
    let tests: [Target] = [
        .target(name: "P256", path: "Tests/P256", linkerSettings: [.linkedLibrary("crypto")]),
        .testTarget(name: "AppModelTests", dependencies: ["AppModel", "Platform", "CountersignCore", "P256"]),
    ]
    // Apple's libraries are not here: the screens are only checked against stubs.
    let screens: [Target] = []
    let screenProducts: [Product] = []
#else
    let coreFFI = Target.binaryTarget(name: "CountersignCoreFFI", path: "Generated/CountersignCoreFFI.xcframework")
    let coreLinking: [LinkerSetting] = []
    let tests: [Target] = []
    let screens: [Target] = [.target(name: "UI", dependencies: ["AppModel", "Platform", "CountersignCore"])]
    let screenProducts: [Product] = [.library(name: "UI", targets: ["UI"])]
#endif

let package = Package(
    name: "CountersignKit",
    defaultLocalization: "en",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "AppModel", targets: ["AppModel"]),
        .library(name: "Platform", targets: ["Platform"]),
    ] + screenProducts,
    targets: [
        coreFFI,
        .target(
            name: "CountersignCore",
            dependencies: ["CountersignCoreFFI"],
            path: "Generated/CountersignCore",
            // What UniFFI writes for asynchronous foreign traits does not pass Swift 6's checks.
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: coreLinking
        ),
        .target(name: "Platform", dependencies: ["CountersignCore"]),
        .target(name: "AppModel", dependencies: ["CountersignCore", "Platform"]),
    ] + screens + tests,
    swiftLanguageModes: [.v6]
)
