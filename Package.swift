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
    module("VectorMath", ["CKernels"]),
    module("LMDB", ["CLMDB"]),
    module("Interchange", ["CZlib"]),
    module("Filters"),
    module("TextEncoder"),
    module("Transformer", ["CKernels", "VectorMath"]),
    module("SessionEncoder", ["Transformer", "VectorMath"]),
    module("Training", ["Evaluation", "SessionEncoder", "Transformer", "VectorMath"]),
    module("Evaluation", ["Transformer", "VectorMath"]),
    module("Records", ["CKernels", "VectorMath", "Filters"]),
    module("HNSW", ["CKernels", "VectorMath"]),
    module("Engine", ["LMDB", "Records", "HNSW", "Filters", "VectorMath"]),
    module(
      "Kindred",
      [
        "Engine", "Records", "Filters", "HNSW", "Interchange", "TextEncoder", "VectorMath", "LMDB",
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
        "Kindred", "Interchange", "LMDB", "VectorMath", "Transformer", "SessionEncoder", "Training",
        "Evaluation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .testTarget(name: "CommandTests", dependencies: ["kindred-command"], swiftSettings: settings),
    tests("VectorMath"),
    tests("TextEncoder"),
    tests("Transformer", ["CKernels", "VectorMath"]),
    tests("SessionEncoder", ["Transformer", "VectorMath"]),
    tests("Training", ["SessionEncoder", "VectorMath"]),
    tests("Evaluation", ["VectorMath"]),
    tests("HNSW", ["VectorMath"]),
    tests("Records", ["VectorMath", "Filters"]),
    tests("Engine", ["Records", "HNSW", "LMDB", "VectorMath", "Filters"]),
    .executableTarget(
      name: "store-child", dependencies: ["Kindred"], path: "Tests/store-child", swiftSettings: settings),
    tests("Kindred", ["Interchange"]),
    tests("Filters"),
    tests("Interchange"),
    tests("LMDB"),
  ],
  swiftLanguageModes: [.v6]
)

// For tools/fuzz only: nothing that is built or installed otherwise needs it.
if Context.environment["KINDRED_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "read-rows", dependencies: ["Interchange"], path: "Fuzz/read-rows", swiftSettings: settings))
}
