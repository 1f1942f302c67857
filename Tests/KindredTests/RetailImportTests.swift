import TestSupport
import Kindred
import Testing

/// A real shop's export, dirt included, with the counts that other software gave for it.
@Suite struct RetailImportTests {
  static let file = SharedData.path("online-retail/transactions.tsv.gz")

  @Test(.enabled(if: file != nil, "the data is not here")) func countsOfTheWholeFile() throws {
    let file = try #require(Self.file)
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let options = ImportOptions(
      map: [
        "user": "CustomerID", "item": "StockCode", "time": "InvoiceDate", "session": "InvoiceNo",
        "value": "Quantity",
      ],
      kind: "purchase", rowsWhere: "Quantity > 0 and UnitPrice > 0")
    let clock = ContinuousClock()
    let start = clock.now
    let first = try #require(try store.importRecords(ImportFiles(events: file), options: options).events)
    print("real data: \(first.rows) rows in \(clock.now - start)")
    #expect((first.rows, first.stored, first.unchanged) == (541_909, 392_670, 5_214))
    #expect(first.dropped == ["condition": 11_805, "no user": 132_220])
    let second = try #require(try store.importRecords(ImportFiles(events: file), options: options).events)
    #expect((second.stored, second.unchanged) == (0, 397_884))
    let statistics = try store.statistics()
    #expect((statistics.items, statistics.users, statistics.events) == (3_665, 4_338, 392_670))
    let items = ImportOptions(
      map: ["id": "StockCode", "text": "Description", "price": "UnitPrice"],
      rowsWhere: "Quantity > 0 and UnitPrice > 0")
    #expect(try store.importRecords(ImportFiles(items: file), options: items).items?.stored == 3_922)
    #expect(try store.statistics().items == 3_922)
    print("real data: all in \(clock.now - start)")
  }
}
