import Basics
import HNSW
import Kindred
import LMDB
import Platform
import Records

/// A small store with everything in it, and a way to put any bytes into one of its records under a right checksum: what
/// stands before the engine then are its own checks alone.
final class CraftedStore: Sendable {
  struct Entry {
    let table: String
    let key: [UInt8]
    let value: [UInt8]
  }

  private let content: [UInt8]
  let entries: [Entry]
  private let tables: [String]
  /// The spaces of its generations.
  private let spaces: [UInt32: SpaceRecord]

  /// - Parameter path: of a file that is not there; removed at the end.
  init(path: String) throws {
    defer { for suffix in ["", "-lock"] { unlink(path + suffix) } }
    try Self.fill(path)
    content = try ByteFile.content(of: path)
    let tables = try FileStructure.check(path: path).entries.keys.sorted()
    self.tables = tables
    let environment = try Environment.open(path: path, options: Self.options(tables))
    defer { environment.close() }
    var (entries, spaces) = ([Entry](), [UInt32: SpaceRecord]())
    try environment.read { transaction in
      for table in tables {
        try transaction.forEach(environment.table(table, key: BytesKey.self)) { key, value in
          entries.append(Entry(table: table, key: Array(key), value: Array(value)))
          if table == "space" {
            let space = try SpaceRecord(decoding: value)
            spaces[space.generation] = space
          }
          return .next
        }
      }
    }
    (self.entries, self.spaces) = (entries, spaces)
  }

  private static func options(_ tables: [String]) -> Environment.Options {
    var options = Environment.Options(tableNames: tables)
    options.durability = .noSync
    options.mapSizeBytes = 1 << 26
    return options
  }

  /// Every kind of value in columns, events, and spaces with a graph, deleted vectors and a tail.
  private static func fill(_ path: String) throws {
    let store = try Store.create(
      at: path, options: Store.Options(durability: .none, mergesAutomatically: false))
    defer { store.close() }
    var generator = SeededGenerator(seed: 5)
    let long = String(repeating: "long ", count: 60)
    for number in 0..<24 {
      var item = Item(id: "i\(number)", text: "Red bag number \(number)")
      item.attributes["price"] = .number(Double(number))
      item.attributes["color"] = .string(number % 2 == 0 ? "red" : long)
      item.attributes["sale"] = .bool(number % 3 == 0)
      item.attributes["tags"] = .strings(["a", "b\(number % 3)"])
      item.attributes["code"] = .integer(.max)
      item.attributes["size"] = .object(["w": .number(Double(number % 5))])
      try store.upsert(item)
    }
    for (name, encoding, metric) in [
      ("flat", VectorEncoding.float32, VectorMetric.l2), ("codes", .int8, .cosine), ("dots", .int4, .dot),
    ] {
      try store.createSpace(
        SpaceConfiguration(name: name, of: .items, dimension: 8, metric: metric, m: 2, encoding: encoding))
      for ids in [0..<20, 20..<24] {
        try store.upsert(
          name, ids: ids.map { "i\($0)" }, vectors: generator.nextVectors(count: ids.count, dimension: 8))
        if ids.lowerBound == 0 { try store.rebuild([name], threads: 1) }
      }
    }
    try store.embed("content", options: .init(dimension: 16))
    try store.delete(["i3"], kind: .items)
    for number in 0..<12 {
      let (user, item, time) = ("u\(number % 3)", "i\(number)", Timestamp(milliseconds: Int64(number / 2)))
      let (kind, session) = (number % 2 == 0 ? "view" : "cart", number % 4 == 0 ? "s" : nil)
      try store.append(Event(user: user, item: item, time: time, kind: kind, session: session, value: 0.5))
    }
  }

  /// Writes the store with some entries replaced to a path.
  func write(to file: ByteFile, _ changed: [Entry]) throws {
    file.fill(content)
    let environment = try Environment.open(path: file.path, options: Self.options(tables))
    defer { environment.close() }
    try environment.write { transaction in
      for entry in changed {
        try transaction.put(environment.table(entry.table), BytesKey(entry.key), entry.value)
      }
    }
  }

  /// An entry with its checksums made right.
  func sealed(_ entry: Entry) -> Entry {
    var value = entry.value
    switch entry.table {
    case "item.id", "user.id", "word.id", "column.id":
      guard value.count >= 4 else { break }
      let number = value.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(as: UInt32.self)) }
      value = entry.key.withUnsafeBytes { NumberRecord.encode(number, key: $0) }
    case "column": seal(&value, .column, entry.key)
    case "owners": seal(&value, .owners, entry.key)
    case "places": seal(&value, .places, entry.key)
    case "dead": seal(&value, .dead, entry.key)
    case "upper": seal(&value, .upper, entry.key)
    case "codes": seal(&value, .codes, entry.key, SealedBlockLayout(strideBytes: 64).pieceBytes)
    case "links":
      guard let space = spaces[number(entry.key, 0)] else { break }
      let format = LinkFormat(count: 2 * space.definition.m, bits: space.linkBits)
      seal(&value, .links, entry.key, SealedBlockLayout(strideBytes: format.byteCount).pieceBytes)
    case "rows": sealRows(&value, entry.key)
    case "tail":
      sealBehind(&value, seed: number(entry.key, 4))
    case "item", "user": sealBehind(&value, seed: number(entry.key, 0))
    case "event":
      guard entry.key.count == 16 else { break }
      var writer = ByteWriter()
      writer.append(number(entry.key, 0))
      writer.append(UInt64(number(entry.key, 4) ^ 1 << 31) << 32 | UInt64(number(entry.key, 8)))
      sealBehind(&value, seed: writer.bytes.withUnsafeBytes { crc32c($0) })
    default: sealBehind(&value, seed: 0)
    }
    return Entry(table: entry.table, key: entry.key, value: value)
  }

  /// A part of a key, which is big-endian; 0 where the key ends before.
  private func number(_ key: [UInt8], _ offset: Int) -> UInt32 {
    key.dropFirst(offset).prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The checksum of a record: of all that is behind it.
  private func sealBehind(_ value: inout [UInt8], seed: UInt32) {
    guard value.count >= 4 else { return }
    let checksum = value.withUnsafeBytes {
      crc32c(UnsafeRawBufferPointer(rebasing: $0.dropFirst(4)), seed: seed)
    }
    value.withUnsafeMutableBytes { $0.storeBytes(of: checksum.littleEndian, as: UInt32.self) }
  }

  private func seal(_ value: inout [UInt8], _ kind: BlockKind, _ key: [UInt8], _ pieceBytes: Int = .max) {
    let pieces = pieceBytes == .max ? 1 : (value.count + pieceBytes - 1) / pieceBytes
    guard value.count >= BlockHeader.byteCount, pieces <= BlockHeader.pieceLimit else { return }
    let (generation, block) = (number(key, 0), number(key, 4))
    value.withUnsafeMutableBytes {
      BlockHeader.seal($0, kind: kind, generation: generation, number: block, pieceBytes: pieceBytes)
    }
  }

  private func sealRows(_ value: inout [UInt8], _ key: [UInt8]) {
    seal(&value, .rows, key)
    guard let space = spaces[number(key, 0)], let layout = try? space.shape.layout else { return }
    let blocks = RowBlockLayout(strideBytes: layout.strideBytes)
    guard value.count == blocks.blockBytes else { return }
    let first = number(key, 4) &* UInt32(blocks.rowsPerBlock)
    value.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress.map({ $0 + blocks.headerBytes }) else { return }
      for index in 0..<min(32, blocks.rowsPerBlock) {
        blocks.sealRow(base: base, index: index, slot: first &+ UInt32(index))
      }
    }
  }
}
