import TestSupport
import Kindred
import Testing

/// Columns that a shop's file has: each loses nothing, and what is done otherwise is said.
@Suite struct ImportColumnTests {
  /// Codes such as 3E2 became numbers cell by cell, so that no filter found what the file says; and one column could be
  /// of two types.
  @Test func aColumnIsOfOneType() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write(
      "id,code,version,price,cost,flag\na,3E2,1.10,19.90,4.0,true\nb,77,1.9,5.00,4.25,false\n",
      to: "items.csv")
    try store.importRecords(ImportFiles(items: file))
    let record = try #require(try store.read { try $0.item(id: "b") })
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
    #expect(try store.read { try $0.item(id: "a1") }?.attributes == ["code": 7])
  }

  /// The name that stands in for `id` is free in each row, whatever the rows before had.
  @Test func keysOfJSONRowsAreNamedRowByRow() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write(
      #"{"sku":"a","id":1,"x":2}"# + "\n" + #"{"sku":"b","id":3,"id_":4,"x":null}"# + "\n", to: "items.jsonl")
    try store.importRecords(ImportFiles(items: file), options: ImportOptions(map: ["id": "sku"]))
    #expect(try store.read { try $0.item(id: "a") }?.attributes == ["id_": 1, "x": 2])
    #expect(try store.read { try $0.item(id: "b") }?.attributes == ["id__": 3, "id_": 4])
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
    let record = try #require(try store.read { try $0.item(id: "s1") })
    #expect(record.attributes == ["id_": 17, "stock": 4, "price": 8, "old": 8])
    #expect(counts.notes.count == 2)
    #expect(counts.rows == counts.stored + counts.unchanged + counts.merged)
  }

  /// The README's own import put the last buyer's id on every product: there was no way to choose columns.
  @Test(
    arguments: [
      (["price"], [], ["price": 8]), (["now"], [], ["price": 8]),
      (["id_", "stock"], [], ["id_": 17, "stock": 4]),
      (nil, ["id_", "now"], ["stock": 4]), (nil, ["price"], ["id_": 17, "stock": 4]),
      ([], [], [:]),
    ] as [([String]?, [String], Attributes)])
  func columnsAreChosen(only: [String]?, except: [String], expected: Attributes) throws {
    let directory = try TemporaryDirectory()
    let csv = try directory.write("sku,id,stock,price,now\ns1,17,4,10,8\n", to: "items.csv")
    let json = try directory.write(
      #"{"sku":"s1","id":17,"stock":4,"price":10,"now":8}"# + "\n", to: "items.jsonl")
    for file in [csv, json] {
      let store = try Store.testing(directory, "\(file.hasSuffix("csv")).kindred")
      defer { store.close() }
      try store.importRecords(
        ImportFiles(items: file),
        options: ImportOptions(map: ["id": "sku", "price": "now"], only: only, except: except))
      #expect(try store.read { try $0.item(id: "s1") }?.attributes == expected, "\(file)")
    }
  }

  /// A misspelt column in an option was no error: nothing was kept, or everything was.
  @Test func namesThatNothingHasAreNamed() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let csv = try directory.write("id,price,caf\u{e9}\na,1,2\n", to: "items.csv")
    for options in [
      ImportOptions(only: ["prise"]), ImportOptions(except: ["prise"]),
      ImportOptions(types: ["prise": .text]),
      ImportOptions(lists: ["prise": ";"]), ImportOptions(only: ["cafe\u{301}"]),
    ] {
      let error = try #require(
        storeError { try store.importRecords(ImportFiles(items: csv), options: options) })
      #expect(error.code == .badInput)
      #expect(error.message.contains("price") || error.message.contains("caf"))
    }
    let json = try directory.write(#"{"id":"a","price":1}"# + "\n", to: "items.jsonl")
    let counts = try store.importRecords(ImportFiles(items: json), options: ImportOptions(only: ["prise"]))
      .items
    #expect(counts?.notes.contains { $0.contains("prise") && $0.contains("price") } == true)
    for (files, options) in [
      (ImportFiles(events: csv), ImportOptions(only: ["price"])),
      (ImportFiles(events: csv), ImportOptions(replaces: true)),
      (ImportFiles(events: csv), ImportOptions(map: ["bogus": "price"])),
      (ImportFiles(items: csv), ImportOptions(only: ["price"], except: ["price"])),
      (ImportFiles(items: csv), ImportOptions(except: ["id"])),
      (ImportFiles(items: csv), ImportOptions(types: ["id": .number])),
      (ImportFiles(items: csv), ImportOptions(numberFormat: "12")),
      (ImportFiles(items: csv), ImportOptions(delimiter: "ab")),
      (ImportFiles(items: csv), ImportOptions(encoding: "ebcdic")),
      (ImportFiles(items: json), ImportOptions(delimiter: ";")),
    ] {
      #expect(code { try store.importRecords(files, options: options) } == .invalidArgument, "\(options)")
    }
  }

  /// Post codes lost their zeros where no cell had any, and no option stated a type; prices with a comma or a currency
  /// were texts, so that `price < 20` missed them.
  @Test func typesAndFormatsAreStated() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let csv = try directory.write(
      "id;zip;price;cost;tags;sizes\na;12345;12,50 €;1.234,00;red| big ||;4|4,5\nb;10115;EUR 9,99;5,1;;7\n"
        + "c;1;gratis;3,25;x;1\nd;2;1;3,2;x;1|L\n", to: "items.csv")
    let options = ImportOptions(
      types: ["zip": .text, "price": .number, "sizes": .number], lists: ["tags": "|", "sizes": "|"],
      numberFormat: "1.234,56")
    let counts = try #require(try store.importRecords(ImportFiles(items: csv), options: options).items)
    #expect(counts.stored == 2 && counts.dropped == ["bad number": 2])
    #expect(counts.hints["bad number"]?.contains("gratis") == true)
    #expect(
      counts.columns.map { "\($0.name) \($0.type)" } == [
        "zip text", "price number", "cost number", "tags list", "sizes list",
      ])
    #expect(
      try store.read { try $0.item(id: "a") }?.attributes == [
        "zip": "12345", "price": 12.5, "cost": 1_234, "tags": .strings(["red", "big"]),
        "sizes": .list([4, 4.5]),
      ])
    let json = try directory.write(
      #"{"id":"e","zip":2139,"price":"$1,234.5","n":[1,"2"]}"# + "\n" + #"{"id":"f","price":{"eur":1}}"#
        + "\n"
        + #"{"id":"g","price":"9007199254740993","zip":null}"# + "\n"
        + #"{"id":"h","price":12345678901234567890}"# + "\n", to: "items.jsonl")
    let other = ImportOptions(types: ["zip": .text, "price": .number, "n": .text], numberFormat: "1,234.56")
    let counted = try #require(try store.importRecords(ImportFiles(items: json), options: other).items)
    // What would be rounded is no number.
    #expect(counted.stored == 2 && counted.dropped == ["bad number": 2])
    #expect(
      try store.read { try $0.item(id: "e") }?.attributes == [
        "zip": "2139", "price": 1_234.5, "n": .strings(["1", "2"]),
      ])
    #expect(
      try store.read { try $0.item(id: "g") }?.attributes == ["price": .integer(9_007_199_254_740_993)])
  }

  /// A condition compared `12,50 €` as a text, so that with `replaces` it would have deleted what it should keep.
  @Test(arguments: [
    ("price > 2", ["a", "b"]), ("price < 20", ["b", "c"]), ("price = 1.5", ["c"]),
    ("code = 'E1'", ["a", "b"]),
  ]) func conditionsCompareNumbersAsTheyAreRead(condition: String, kept: [String]) throws {
    let directory = try TemporaryDirectory()
    let csv = try directory.write(
      "id;price;code\na;1.234,50 €;E1\nb;EUR 12;E1\nc;1,5;F2\nd;;F2\n", to: "items.csv")
    let json = try directory.write(
      ["a 1.234,50€ E1", "b EUR12 E1", "c 1,5 F2"].map { line in
        let parts = line.split(separator: " ")
        return #"{"id":"\#(parts[0])","price":"\#(parts[1])","code":"\#(parts[2])"}"# + "\n"
      }.joined(), to: "items.jsonl")
    for (number, file, types) in [(0, csv, [:]), (1, csv, ["price": .number]), (2, json, ["price": .number])]
      as [(Int, String, ByName<ImportOptions.StatedType>)]
    {
      let store = try Store.testing(directory, "\(number).kindred")
      try store.importRecords(
        ImportFiles(items: file),
        options: ImportOptions(rowsWhere: Filter(condition), types: types, numberFormat: "1.234,56"))
      #expect(try Contents(store).items.map(\.id) == kept, "\(file)")
      store.close()
    }
  }

  /// One "n/a" among prices made all of them texts, and nothing said so.
  @Test func aColumnThatMayHaveBeenNumbersIsNamed() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let csv = try directory.write(
      "id,price,cost,word,code\na,19.99,2.50,x,E1\nb,n/a,3.5,y,77\nc,5,1,z,F3\n", to: "items.csv")
    let notes = try #require(try store.importRecords(ImportFiles(items: csv)).items).notes
    #expect(notes.count == 2)
    #expect(notes.contains { $0.contains("price is text, since 1 of the 3") && $0.contains("n/a") })
    #expect(notes.contains { $0.contains("--type cost=number") })
  }

  /// A column of versions stays text in a format too, and amounts of different decimals are numbers.
  @Test func aFormatHelpsToGuess() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let csv = try directory.write(
      "id,version,amount,zip\na,1.10,$30.00,02139\nb,1.9,$5.5,12345\n", to: "items.csv")
    try store.importRecords(ImportFiles(items: csv), options: ImportOptions(numberFormat: "1,234.56"))
    #expect(
      try store.read { try $0.item(id: "a") }?.attributes == [
        "version": "1.10", "amount": 30, "zip": "02139",
      ])
    let events = try directory.write("user,item,time,value\nu,a,1,\"2,5\"\n", to: "events.csv")
    try store.importRecords(ImportFiles(events: events), options: ImportOptions(numberFormat: "1.234,56"))
    #expect(try store.read { try $0.sequence(user: "u") }?.map(\.value) == [2.5])
  }

  /// Names as shops use them had to be mapped by hand, and a title stayed an attribute that embed skipped. What is
  /// guessed is said, and never takes the place of what is there.
  @Test func usualNamesAreTakenAndSaid() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let items = try directory.write("Product ID,title\na,Red bag\nb,Blue bag\n", to: "items.csv")
    let events = try directory.write(
      "user_id,sku,timestamp,event_type,page\nu,a,5,cart,1\nu,c,6,cart,1\n", to: "events.csv")
    let report = try store.importRecords(ImportFiles(items: items, events: events))
    #expect(report.items?.notes.count == 2 && report.events?.stored == 2)
    let notes = report.events?.notes.joined(separator: "\n") ?? ""
    for word in ["user_id", "sku", "timestamp", "--map kind=event_type", "page", "c"] {
      #expect(notes.contains(word), "\(word)")
    }
    #expect(report.events?.newItems == 1 && report.events?.newUsers == 1)
    #expect(
      try store.read { try $0.item(id: "a") }
        == Item(id: "a", text: "Red bag", attributes: ["title": "Red bag"]))
    // A text that came from elsewhere stays; one that was guessed follows its column.
    let described = try directory.write("id,text\nb,A bag for every day\n", to: "texts.csv")
    try store.importRecords(ImportFiles(items: described))
    let renamed = try directory.write("sku,title\na,Crimson bag\nb,Navy bag\n", to: "renamed.csv")
    try store.importRecords(ImportFiles(items: renamed))
    #expect(try store.read { try $0.item(id: "a") }?.text == "Crimson bag")
    #expect(try store.read { try $0.item(id: "b") }?.text == "A bag for every day")
    // Two that could be meant: neither is taken.
    let unclear = try directory.write("user_id,customer_id,item,time\nu,v,a,1\n", to: "unclear.csv")
    let error = try #require(storeError { try store.importRecords(ImportFiles(events: unclear)) })
    #expect(error.message.contains("--map user=user_id or --map user=customer_id"))
  }

  /// Two columns for one text were refused.
  @Test func theTextIsJoinedOfColumns() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write(
      "id,text,title,brand\na,long,Bag,Acme\nb,,,Acme\nc,,Bag &amp; belt,\na,,Sack,\n", to: "items.csv")
    try store.importRecords(
      ImportFiles(items: file), options: ImportOptions(textColumns: ["title", "brand"], decodesHTML: true))
    #expect(try store.read { try $0.item(id: "a") }?.text == "Sack Acme")
    #expect(try store.read { try $0.item(id: "a") }?.attributes == ["text_": "long"])
    #expect(try store.read { try $0.item(id: "b") }?.text == "Acme")
    #expect(try store.read { try $0.item(id: "c") }?.text == "Bag & belt")
  }

  /// A map in a dictionary of strings kept one of two names that look alike.
  @Test func namesInAMapAreBytes() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    let file = try directory.write("id,caf\u{e9},cafe\u{301}\na,1,2\n", to: "items.csv")
    let options = ImportOptions(
      map: ["x\u{e9}": "caf\u{e9}", "xe\u{301}": "cafe\u{301}"], types: ["xe\u{301}": .text])
    try store.importRecords(ImportFiles(items: file), options: options)
    #expect(
      try store.read { try $0.item(id: "a") }?.attributes == ["x\u{e9}": 1, "xe\u{301}": "2"])
  }
}
