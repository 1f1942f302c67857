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
    .library(name: "KindredFoundation", targets: ["KindredFoundation"]),
    .library(name: "KindredEncryption", targets: ["KindredEncryption"]),
    .executable(name: "kindred", targets: ["kindred-command"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"]), .brew(["lmdb"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels"),
    module("Platform"),
    module("Basics", ["CKernels", "Platform"]),
    module("VectorMath", ["Basics", "CKernels", "Platform"]),
    module("Tensors", ["CKernels", "Platform", "VectorMath"]),
    module("Values", ["Basics", "Platform"]),
    module("LMDB", ["Basics", "CLMDB", "Platform"]),
    module("Interchange", ["Basics", "CZlib", "Platform", "Values"]),
    module("Filters", ["Basics", "Values"]),
    module("TextEncoder", ["Basics", "Interchange", "Tensors", "Transformer"]),
    module("Transformer", ["Basics", "CKernels", "Platform", "Tensors"]),
    module("SessionEncoder", ["Basics", "Tensors", "Transformer"]),
    module(
      "Training", ["Basics", "Evaluation", "Platform", "SessionEncoder", "Tensors", "Transformer", "Values"]),
    module("Evaluation", ["Basics", "Platform"]),
    module("Baselines", ["Basics", "Evaluation", "Platform", "Tensors"]),
    module("Records", ["Basics", "CKernels", "Platform", "Values", "VectorMath"]),
    module("HNSW", ["Basics", "CKernels", "Platform", "Records", "VectorMath"]),
    module("Engine", ["Basics", "Filters", "HNSW", "LMDB", "Platform", "Records", "VectorMath", "Values"]),
    module(
      "Recommending",
      [
        "Baselines", "Basics", "Engine", "Evaluation", "Filters", "Interchange", "Platform", "Records",
        "SessionEncoder", "Tensors", "TextEncoder", "Training", "Transformer", "Values", "VectorMath",
      ]),
    module("Importing", ["Basics", "Engine", "Filters", "Interchange", "Records", "Values", "VectorMath"]),
    module(
      "Kindred",
      [
        "Basics", "Engine", "Filters", "HNSW", "Importing", "Interchange", "LMDB", "Platform", "Recommending",
        "Records", "Tensors", "TextEncoder", "Values", "VectorMath",
        .product(name: "Logging", package: "swift-log"),
      ]),
    module("KindredFoundation", ["Kindred", "Values"]),
    module(
      "KindredEncryption",
      [
        "Basics", "Interchange", "Kindred", "LMDB", "Platform",
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .executableTarget(
      name: "kindred-command",
      dependencies: [
        "Basics", "Kindred", "KindredEncryption", "Filters", "Interchange", "Platform",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    // What the tools measure with; no product has it.
    .executableTarget(
      name: "kindred-bench",
      dependencies: [
        "Basics", "Kindred", "Interchange", "LMDB", "Tensors", "TextEncoder", "Transformer", "SessionEncoder",
        "Evaluation", "Platform", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "tools/kindred-bench", swiftSettings: settings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Kindred", "kindred-command", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    // What several test targets share; no product has it.
    .target(
      name: "TestSupport",
      dependencies: ["Basics", "CKernels", "Interchange", "Platform", "Tensors", "VectorMath"],
      path: "Tests/TestSupport", swiftSettings: settings),
    tests("Basics"),
    tests("Values", ["Basics"]),
    tests("VectorMath", ["Basics", "CKernels", "Platform", "TestSupport"]),
    tests("TextEncoder", ["Basics", "Interchange", "Platform", "Tensors", "TestSupport", "Transformer"]),
    tests("Transformer", ["Basics", "CKernels", "Platform", "Tensors", "TestSupport", "VectorMath"]),
    tests("SessionEncoder", ["Basics", "Platform", "Tensors", "TestSupport", "Transformer", "VectorMath"]),
    tests(
      "Training",
      ["Basics", "Evaluation", "Platform", "SessionEncoder", "TestSupport", "Values", "VectorMath"]),
    tests("Evaluation", ["Baselines", "Basics", "Platform"]),
    tests("Baselines", ["Basics", "Evaluation", "Platform", "TestSupport", "VectorMath"]),
    tests("HNSW", ["Basics", "Records", "TestSupport", "VectorMath"]),
    tests("Records", ["Basics", "Values", "VectorMath"]),
    tests(
      "Engine", ["Basics", "Filters", "LMDB", "Platform", "Records", "TestSupport", "Values", "VectorMath"]),
    .executableTarget(
      name: "store-child", dependencies: ["Basics", "Kindred", "KindredEncryption", "LMDB", "Platform"],
      path: "Tests/store-child",
      swiftSettings: settings),
    tests(
      "Kindred",
      [
        "Baselines", "Basics", "Engine", "Evaluation", "Importing", "Interchange", "LMDB", "Platform",
        "Recommending",
        "Records", "SessionEncoder", "TestSupport", "Training",
        .product(name: "Logging", package: "swift-log"),
      ]),
    tests(
      "Recommending",
      [
        "Baselines", "Basics", "Engine", "Kindred", "Platform", "Records", "SessionEncoder", "TestSupport",
        "Training", "Values", "VectorMath",
      ]),
    .testTarget(
      name: "FaultTests",
      dependencies: ["Basics", "Kindred", "KindredEncryption", "LMDB", "Platform", "TestSupport"],
      exclude: ["Preload"], swiftSettings: settings),
    tests("KindredFoundation", ["Kindred"]),
    tests("KindredEncryption", ["Basics", "Kindred", "Platform", "TestSupport"]),
    tests("Filters", ["Basics", "TestSupport", "Values"]),
    tests("Interchange", ["Basics", "Platform", "TestSupport", "Values"]),
    tests("LMDB", ["Basics", "Platform", "TestSupport"]),
    // What reads bytes from outside, and what must hold of it: run by libFuzzer, and replayed by tests.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Basics", "CZlib", "Filters", "HNSW", "Interchange", "Kindred", "LMDB", "Platform", "Recommending",
        "Records", "TextEncoder", "Values", "VectorMath",
      ],
      path: "Fuzz/targets", swiftSettings: settings),
    .testTarget(
      name: "FuzzTests", dependencies: ["Basics", "FuzzTargets", "Platform", "TestSupport"],
      swiftSettings: settings),
    // The files of this package as text: they depend on none of it.
    .testTarget(name: "TidyTests", swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// For tools/fuzz only: nothing that is built or installed otherwise needs it.
if Context.environment["KINDRED_FUZZ"] == "1" {
  package.targets += [
    .executableTarget(
      name: "read-rows", dependencies: ["Interchange", "Platform"], path: "Fuzz/read-rows",
      swiftSettings: settings),
    .executableTarget(
      name: "kindred-fuzz", dependencies: ["FuzzTargets", "Platform"], path: "Fuzz/driver",
      swiftSettings: settings),
  ]
}
