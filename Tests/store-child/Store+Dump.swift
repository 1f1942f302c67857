import Kindred

extension Store {
  /// `SPACE QUERY…`: prints one line for each of many questions about the store; each answers with a digest of what was
  /// read, or with an error's code. A query is components with commas between them.
  func dump(_ arguments: [String]) throws -> String {
    let space = arguments[0]
    let vectors = arguments.dropFirst().map { $0.split(separator: ",").compactMap { Float($0) } }
    for (index, vector) in vectors.enumerated() {
      for (name, effort) in [("exact", QueryOptions.Effort.exact), ("graph", .automatic)] {
        try ask("\(name)\(index)") {
          try $0.query(space, vector: vector, options: .init(effort: effort)).digest
        }
      }
      try ask("filter\(index)") {
        try $0.query(
          space, vector: vector, options: .init(filter: "price < 40 and category in (\"c1\", \"c2\")")
        ).digest
      }
    }
    try ask("items") { snapshot in
      var digest = Digest()
      try snapshot.forEachRecord(.items) { digest.add($0) }
      return digest.text
    }
    try ask("events") { snapshot in
      var digest = Digest()
      try snapshot.forEachEvent { digest.add($0) }
      return digest.text
    }
    try ask("vectors") { snapshot in
      var digest = Digest()
      try snapshot.forEachVector(space) { id, vector in
        digest.add(id)
        for component in vector { digest.add(UInt64(component.bitPattern)) }
      }
      return digest.text
    }
    try ask("list") { snapshot in
      var digest = Digest()
      let options = ListOptions(where: "price > 20", orderedBy: "category, price desc", limit: 50)
      try snapshot.forEachRecord(.items, options) { digest.add($0) }
      return digest.text
    }
    try ask("facet") { "\(try $0.facet(.items, field: "category"))" }
    try ask("words") {
      try $0.search("text of round 3", by: .words, options: QueryOptions(k: 300)).digest
    }
    for number in stride(from: 0, to: 300, by: 29) {
      try ask("item\(number)") { snapshot in
        var digest = Digest()
        if let record = try snapshot.item(id: "i\(number)") { digest.add(record) }
        return digest.text
      }
      try ask("like\(number)") {
        try $0.query(space, like: "i\(number)", options: .init(effort: .exact)).digest
      }
    }
    for number in 0..<5 {
      try ask("user\(number)") { snapshot in
        var digest = Digest()
        for event in try snapshot.sequence(user: "u\(number)") ?? [] { digest.add(event) }
        return digest.text
      }
    }
    return "dumped"
  }

  private func ask(_ name: String, _ question: (borrowing Snapshot) throws -> String) throws {
    do {
      StoreChild.write("- \(name) \(try read(question))")
    } catch let error as StoreError {
      StoreChild.write("- \(name) error \(error.code.rawValue) \(error.message.replacing("\n", with: " "))")
    }
  }
}

extension [Match] {
  fileprivate var digest: String {
    var digest = Digest()
    for match in self {
      digest.add(match.id)
      digest.add(UInt64(match.score.bitPattern))
    }
    return "\(count):\(digest.text)"
  }
}

/// FNV-1a over everything that was added.
private struct Digest {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325
  private var count = 0

  var text: String { "\(count):\(String(state, radix: 16))" }

  mutating func add(_ text: String) {
    count += 1
    for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    state = (state ^ 0xFF) &* 0x100_0000_01B3
  }

  mutating func add(_ number: UInt64) { state = (state ^ number) &* 0x100_0000_01B3 }

  mutating func add(_ record: any Record) {
    add(record.id)
    add(record.text ?? "-")
    for (name, value) in record.attributes.sorted(by: { $0.key < $1.key }) {
      add(name)
      add("\(value)")
    }
  }

  mutating func add(_ event: Event) {
    for text in [event.user, event.item, event.kind, event.session ?? "-"] { add(text) }
    add(UInt64(bitPattern: event.time.milliseconds))
    add((event.value ?? -1).bitPattern)
  }
}
