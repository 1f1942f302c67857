import TestSupport
import Testing

@testable import Interchange

/// Real exports, skipped where they are missing.
@Suite struct RealDataTests {
  @Test(
    .enabled(if: SharedData.path("online-retail/transactions.tsv.gz") != nil, "the data set is not here"))
  func everyRowOfTheShopIsRead() throws {
    let path = try #require(SharedData.path("online-retail/transactions.tsv.gz"))
    let reader = try RecordReader(path: path)
    #expect(reader.columnNames?.count == 8)
    let customer = try #require(reader.column(named: "CustomerID"))
    let date = try #require(reader.column(named: "InvoiceDate"))
    var (rows, bad, anonymous, dated) = (0, 0, 0, 0)
    while let outcome = try reader.next() {
      guard case .record(let record) = outcome else {
        bad += 1
        continue
      }
      rows += 1
      if record.cell(customer).isEmpty { anonymous += 1 }
      if record.cell(date).timeMilliseconds != nil { dated += 1 }
    }
    #expect(rows == 541_909 && bad == 0)
    #expect(anonymous == 135_080)
    #expect(dated == rows)
  }

  @Test(.enabled(if: SharedData.path("amazon-beauty/items.jsonl.gz") != nil, "the data set is not here"))
  func everyItemHasAnID() throws {
    let path = try #require(SharedData.path("amazon-beauty/items.jsonl.gz"))
    let reader = try RecordReader(path: path)
    var count = 0
    try reader.forEach { outcome in
      guard case .record(let record) = outcome else {
        Issue.record("a bad row")
        return
      }
      #expect(record.cell(at: 0).identifier != nil)
      count += 1
    }
    #expect(count > 10_000)
  }
}
