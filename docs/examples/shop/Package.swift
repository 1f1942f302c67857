// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "shop",
  platforms: [.macOS(.v15), .iOS(.v18)],
  dependencies: [.package(name: "kindred", path: "../../..")],
  targets: [
    .executableTarget(
      name: "Shop",
      dependencies: [
        .product(name: "Kindred", package: "kindred"),
        .product(name: "KindredFoundation", package: "kindred"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
