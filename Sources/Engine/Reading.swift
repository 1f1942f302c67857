import Values
import Basics
import LMDB
import Records

/// Look-ups that mean the same in a snapshot and in a write transaction.
extension Transaction where Self: ~Copyable {
  func storeRecord(_ tables: Tables) throws -> StoreRecord {
    guard let value = try get(tables.meta, "store") else {
      throw EngineError.otherSoftware
    }
    return try EngineError.decoding("meta", "store") { try StoreRecord(decoding: value) }
  }

  func spaceRecord(_ name: String, _ tables: Tables) throws -> SpaceRecord? {
    guard !name.isEmpty, name.utf8.count <= Limits.spaceNameBytes, let value = try get(tables.space, name)
    else {
      return nil
    }
    return try EngineError.decoding("space", name) { try SpaceRecord(decoding: value) }
  }

  func spaceRecords(_ tables: Tables) throws -> [SpaceRecord] {
    var records: [SpaceRecord] = []
    try forEach(tables.space) { key, value in
      records.append(
        try EngineError.decoding("space", String(decoding: key, as: UTF8.self)) {
          try SpaceRecord(decoding: value)
        })
      return .next
    }
    return records
  }

  /// The ordinal that `id` was given, also when its record is deleted.
  func ordinal(of id: String, _ kind: RecordKind, _ tables: Tables) throws -> Ordinal? {
    guard EntityID.isValid(id), let value = try get(tables.ids(kind), id) else { return nil }
    return Ordinal(try decodeNumber(value, key: Array(id.utf8), "\(kind.rawValue).id", id))
  }

  func entity(_ ordinal: Ordinal, _ kind: RecordKind, _ tables: Tables) throws -> EntityRecord? {
    guard let value = try get(tables.entities(kind), ordinal.rawValue) else { return nil }
    return try EngineError.decoding("\(kind)", "\(ordinal.rawValue)") {
      try EntityRecord(decoding: value, of: ordinal)
    }
  }

  /// The caller's id of an ordinal.
  func id(of ordinal: Ordinal, _ kind: RecordKind, _ tables: Tables) throws -> String {
    try identity(of: ordinal, kind, tables).id
  }

  /// The caller's id of an ordinal that was given, and whether its record is deleted.
  func identity(
    of ordinal: Ordinal, _ kind: RecordKind, _ tables: Tables
  ) throws -> (id: String, isDeleted: Bool) {
    guard let value = try get(tables.entities(kind), ordinal.rawValue) else {
      throw EngineError.corrupted("\(kind) record \(ordinal.rawValue) is missing")
    }
    return try EngineError.decoding("\(kind)", "\(ordinal.rawValue)") {
      try EntityRecord.decodeID(value, of: ordinal)
    }
  }

  /// The text of a word by its number.
  func word(_ number: UInt32, _ tables: Tables) throws -> [UInt8] {
    guard let value = try get(tables.word, number) else {
      throw EngineError.corrupted("word \(number) is missing")
    }
    return try EngineError.decoding("word", "\(number)") {
      var reader = try Envelope.open(value)
      return Array(try reader.readBytes(reader.remaining))
    }
  }

  /// Where the vector of `ordinal` lies in a generation of a space.
  func place(of ordinal: Ordinal, generation: UInt32, _ tables: Tables) throws -> Place {
    let (block, index) = Int(ordinal.rawValue).quotientAndRemainder(dividingBy: PageBlock.wordsPerBlock)
    guard let value = try get(tables.places, PairKey(generation, UInt32(block))) else { return .none }
    try checkPageBlock(value, .places, generation, UInt32(block))
    return Place(stored: PageBlock.word(index, in: value))
  }
}

/// The number stored under a key.
func decodeNumber(_ value: UnsafeRawBufferPointer, key: [UInt8], _ table: String, _ name: String) throws
  -> UInt32
{
  try EngineError.decoding(table, name) {
    try key.withUnsafeBytes { try NumberRecord.decode(value, key: $0) }
  }
}

/// Checks the header and checksum of a page block.
func checkPageBlock(_ value: UnsafeRawBufferPointer, _ kind: BlockKind, _ generation: UInt32, _ block: UInt32)
  throws
{
  guard value.count == PageBlock.byteCount,
    BlockHeader.isSound(value, kind: kind, generation: generation, number: block)
  else { throw EngineError.corrupted("block \(block) of the \(kind) of generation \(generation) is damaged") }
}
