#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Values
import Testing

@testable import Filters

/// docs/filters.md says what is there.
@Suite struct DocumentedFilterTests {
  private func page() throws -> String {
    let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return String(
      decoding: try Data(contentsOf: URL(fileURLWithPath: "/\(folder)/docs/filters.md")), as: UTF8.self)
  }

  @Test func everyConditionOfThePageReads() throws {
    let table = try #require(
      page().split(separator: "## Conditions").last?.split(separator: "Conditions are").first)
    var count = 0
    for line in table.split(separator: "\n") where line.hasPrefix("| `") {
      let cell = line.split(separator: "|")[0]
      for (index, condition) in cell.split(separator: "`").enumerated() where index % 2 == 1 {
        // `==` and `<>` stand there alone.
        let text = condition.allSatisfy { "=<>".contains($0) } ? "x \(condition) 1" : String(condition)
        #expect(throws: Never.self, "\(text)") { try ParsedFilter.parse(text) }
        count += 1
      }
    }
    #expect(count > 20)
  }

  /// The table of what is true, false and null under `not`, `=` and `!=`.
  @Test func theTableOfTruthValuesHolds() throws {
    let lines = try page().split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.hasPrefix("| where `hidden` is |") })
    let filters = lines[first].split(separator: "|").dropFirst().map {
      $0.filter { $0 != "`" }.trimmed
    }.filter { !$0.isEmpty }
    #expect(filters.count == 5)
    let values: [AttributeValue] = [true, false, nil]
    for (row, value) in values.enumerated() {
      let cells = lines[first + 2 + row].split(separator: "|", omittingEmptySubsequences: false).dropFirst(2)
      for (filter, cell) in zip(filters, cells) {
        let passes = try ParsedFilter.parse(filter).evaluate { _ in value }
        #expect(passes == (cell.trimmed == "passes"), "\(filter), \(value)")
      }
    }
  }
}

extension StringProtocol {
  fileprivate var trimmed: String { split(separator: " ").joined(separator: " ") }
}
