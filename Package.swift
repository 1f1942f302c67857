// swift-tools-version: 6.1
import PackageDescription

/// Settings of every Swift target: strict concurrency comes with the Swift 6 language mode.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A Swift library target of this package.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// The tests of one module.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
    swiftSettings: settings)
}

let package = Package(
  name: "kindred",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "Kindred", targets: ["Kindred"]),
    .executable(name: "kindred", targets: ["kindred-command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels"),
    module("Basics"),
    module("VectorMath", ["Basics", "CKernels"]),
    module("LMDB", ["CLMDB"]),
    module("Interchange", ["CZlib"]),
    module("Filters"),
    module("TextEncoder"),
    module("Transformer", ["Basics", "CKernels", "VectorMath"]),
    module("SessionEncoder", ["Basics", "Transformer"]),
    module("Training", ["Basics", "Evaluation", "SessionEncoder", "Transformer", "VectorMath"]),
    module("Evaluation", ["Basics", "Transformer", "VectorMath"]),
    module("Records", ["CKernels", "VectorMath", "Filters"]),
    module("HNSW", ["Basics", "CKernels", "VectorMath"]),
    module("Engine", ["LMDB", "Records", "HNSW", "Filters", "VectorMath"]),
    module(
      "Kindred",
      [
        "Basics", "Engine", "Records", "Filters", "HNSW", "Interchange", "TextEncoder", "VectorMath", "LMDB",
        "Transformer",
        "SessionEncoder", "Training", "Evaluation", .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "kindred-command",
      dependencies: [
        "Kindred", "Filters", "Interchange",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "kindred-bench",
      dependencies: [
        "Basics", "Kindred", "Interchange", "LMDB", "VectorMath", "Transformer", "SessionEncoder", "Training",
        "Evaluation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(name: "CommandTests", dependencies: ["kindred-command"], swiftSettings: settings),
    // What several test targets share; no product has it.
    .target(
      name: "TestSupport", dependencies: ["Basics"], path: "Tests/TestSupport", swiftSettings: settings),
    tests("Basics"),
    tests("VectorMath", ["Basics"]),
    tests("TextEncoder", ["Basics", "TestSupport"]),
    tests("Transformer", ["Basics", "CKernels", "VectorMath"]),
    tests("SessionEncoder", ["Basics", "Transformer", "VectorMath"]),
    tests("Training", ["Basics", "SessionEncoder", "VectorMath"]),
    tests("Evaluation", ["Basics", "VectorMath"]),
    tests("HNSW", ["Basics", "VectorMath"]),
    tests("Records", ["Basics", "VectorMath", "Filters"]),
    tests("Engine", ["Basics", "Records", "HNSW", "LMDB", "VectorMath", "Filters"]),
    .executableTarget(
      name: "store-child", dependencies: ["Kindred"], path: "Tests/store-child", swiftSettings: settings),
    tests("Kindred", ["Basics", "Interchange", "TestSupport"]),
    tests("Filters", ["Basics", "TestSupport"]),
    tests("Interchange", ["Basics", "TestSupport"]),
    tests("LMDB", ["Basics", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// For tools/fuzz only: nothing that is built or installed otherwise needs it.
if Context.environment["KINDRED_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "read-rows", dependencies: ["Interchange"], path: "Fuzz/read-rows", swiftSettings: settings))
}
