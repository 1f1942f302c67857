import Kindred
import Testing

/// Columns that a shop's file has: each loses nothing, and what is done otherwise is said.
@Suite struct ImportColumnTests {
  /// Codes such as 3E2 became numbers cell by cell, so that no filter found what the file says; and one column could be of
  /// two types.
  @Test func aColumnIsOfOneType() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write(
      "id,code,version,price,flag\na,3E2,1.10,19.90,true\nb,77,1.9,5.00,false\n", to: "items.csv")
    try store.importRecords(ImportFiles(items: file))
    let record = try #require(try store.read { try $0.record(.items, "b") })
    #expect(record.attributes == ["code": "77", "version": "1.9", "price": 5, "flag": false])
  }

  /// A column named id or text that is not the id or text made a store that could not be exported; a column of a mapped
  /// attribute's name won over the mapping.
  @Test func mappedColumnsWinAndNothingHidesAnID() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write("sku,id,stock,price,now\ns1,17,4,10,8\n", to: "items.csv")
    let options = ImportOptions(map: ["id": "sku", "price": "now", "old": "now"])
    let counts = try #require(try store.importRecords(ImportFiles(items: file), options: options).items)
    let record = try #require(try store.read { try $0.record(.items, "s1") })
    #expect(record.attributes == ["id_": 17, "stock": 4, "price": 8, "old": 8])
    #expect(counts.notes.count == 2)
    #expect(counts.rows == counts.stored + counts.unchanged + counts.merged)
  }
}
