import Engine
import Foundation
import Importing
import Recommending
import TestSupport
import Testing

@testable import Kindred

/// `rebuild` threw an error of the vector module that no caller could know: `StoreError.translating` had a list of
/// error types, and a new one was missing in it. Now one protocol is all it knows, and this finds a type without it.
@Suite struct ModuleErrorTests {
  /// Types that no function beside their own module throws.
  private let inner: Set = ["JSONFault", "Misfit", "PageDamage"]
  private let modules = [
    "Basics", "Baselines", "Engine", "Evaluation", "Filters", "HNSW", "Importing", "Interchange", "LMDB",
    "Recommending", "Records", "SessionEncoder", "Tensors", "TextEncoder", "Training", "Transformer",
    "Values",
    "VectorMath",
  ]

  private var sources: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Sources")
  }

  @Test func everyErrorTypeHasWordsOfTheStore() throws {
    var found: Set<String> = []
    let declaration = /(?:struct|enum|class|extension) (?<name>\w+): [^{]*\bError\b/
    for module in modules {
      let folder = sources.appendingPathComponent(module)
      for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for match in text.matches(of: declaration) { found.insert(String(match.output.name)) }
      }
    }
    #expect(found.count >= 9, "\(found)")
    let conforming = try String(
      contentsOf: sources.appendingPathComponent("Kindred/ModuleError.swift"), encoding: .utf8)
    for name in found.subtracting(inner) {
      #expect(conforming.contains("extension \(name): ModuleError {"), "\(name) has no words of the store")
    }
  }

  /// A code that the store does not have would be one that no caller can know.
  @Test func everyCodeIsOneOfTheStore() {
    let codes =
      EngineError.Code.allCases.map(\.rawValue) + RecommendingError.Code.allCases.map(\.rawValue)
      + ImportError.Code.allCases.map(\.rawValue)
    let all = Set(StoreError.Code.all.map(\.rawValue))
    #expect(all.count == StoreError.Code.all.count)
    for code in codes { #expect(all.contains(code), "\(code)") }
  }

  @Test func errorsOfOpeningNameTheFile() throws {
    let directory = try TemporaryDirectory()
    let text = try directory.write("a text\n", to: "text")
    let paths = [directory.file("missing"), text, directory.path, directory.file("no/way")]
    for path in paths {
      let opening = storeError { try Store.open(at: path) }
      #expect(opening?.message.contains(path) == true, "\(path): \(opening as Any)")
    }
    for path in [text, directory.file("no/way")] {
      let creating = storeError { try Store.create(at: path) }
      #expect(creating?.message.contains(path) == true, "\(path): \(creating as Any)")
      let store = try Store.testing(directory)
      let backup = storeError { try store.backup(to: path) }
      #expect(backup?.message.contains(path) == true, "\(path): \(backup as Any)")
      store.close()
      for name in ["shop.kindred", "shop.kindred-lock"] {
        unlink(directory.file(name))
      }
    }
    #expect(code { try Store.open(at: directory.path) } == .notFound)
    #expect(code { try Store.open(at: text) } == .foreign)
    #expect(code { try Store.create(at: directory.file("no/way")) } == .cannotCreate)
  }

  @Test func whatCancelsIsACancellation() {
    #expect(throws: CancellationError.self) {
      try StoreError.translating { throw StoreErrorSample.cancelled }
    }
    #expect(throws: StoreErrorSample.own) { try StoreError.translating { throw StoreErrorSample.own } }
  }
}

/// A caller's own errors pass; those of modules do not.
private enum StoreErrorSample: Error, Equatable {
  case own

  static var cancelled: any Error { CancelledBelow() }

  private struct CancelledBelow: ModuleError {
    var storeError: StoreError { StoreError(code: .cancelled, message: "stopped") }
  }
}
