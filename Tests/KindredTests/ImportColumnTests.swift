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
      "id,code,version,price,cost,flag\na,3E2,1.10,19.90,4.0,true\nb,77,1.9,5.00,4.25,false\n",
      to: "items.csv")
    try store.importRecords(ImportFiles(items: file))
    let record = try #require(try store.read { try $0.record(.items, "b") })
    // 4.0 beside 4.25 is how programs print numbers.
    #expect(
      record.attributes == ["code": "77", "version": "1.9", "price": 5, "cost": 4.25, "flag": false])
  }

  /// Columns whose names differ in a blank are two, and only the one that is named is taken.
  @Test func aBlankInANameIsPartOfIt() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write("code ,code\na1,7\n", to: "items.csv")
    try store.importRecords(ImportFiles(items: file), options: ImportOptions(map: ["id": "code "]))
    #expect(try store.read { try $0.record(.items, "a1") }?.attributes == ["code": 7])
  }

  /// The name that stands in for `id` is free in each row, whatever the rows before had.
  @Test func keysOfJSONRowsAreNamedRowByRow() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write(
      #"{"sku":"a","id":1,"x":2}"# + "\n" + #"{"sku":"b","id":3,"id_":4,"x":null}"# + "\n", to: "items.jsonl")
    try store.importRecords(ImportFiles(items: file), options: ImportOptions(map: ["id": "sku"]))
    #expect(try store.read { try $0.record(.items, "a") }?.attributes == ["id_": 1, "x": 2])
    #expect(try store.read { try $0.record(.items, "b") }?.attributes == ["id__": 3, "id_": 4])
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
