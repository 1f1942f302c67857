import Basics
import LMDB
import Records
import Values

/// The records of a damaged store: each is taken only where its checksum says that it belongs under its key.
package final class SalvagedStore {
  let file: SalvagedFile
  /// The store's own numbers; nil where they are lost.
  let store: StoreRecord?
  /// What the word index was of; nil where that is lost, or there was none.
  let wordIndex: WordIndexRecord?
  /// What events meant; nil where that is lost, or was never said.
  let signals: SignalPolicy?
  /// Whether it is there and cannot be read.
  let hasLostSignals: Bool
  /// The spaces that can be read, in the order they were made.
  let spaces: [SpaceRecord]
  /// Ids of each kind with their ordinals.
  private let ordinals: [RecordKind: [ExactString: UInt32]]
  /// Kinds of which ids may be missing there.
  private let kindsLackingIDs: Set<RecordKind>
  /// Ids of ordinals, for records that are lost.
  let ids: [RecordKind: [UInt32: String]]
  /// Kinds of events by their numbers.
  let eventKinds: [UInt32: String]

  /// - Throws: `EngineError` `.foreign` for a store of a newer version or of others, `.corrupted` where nothing can
  ///   be saved, `.busy` where a process has it open, `.notFound`, `.permissionDenied`, `.ioError`.
  package init(_ path: String) throws {
    let file = try StorageEngine.translated { try SalvagedFile(path: path, accepts: Self.isEntry) }
    guard Tables.names.contains(where: { file.entryCount(of: $0) != nil }) else {
      throw EngineError.otherSoftware
    }
    self.file = file
    store = try Self.storeRecord(file)
    var (wordIndex, signals, hasLostSignals) = (WordIndexRecord?.none, SignalPolicy?.none, false)
    file.forEach("meta") { key, value in
      if key == Array("terms".utf8) {
        wordIndex = value()?.withUnsafeBytes { try? WordIndexRecord(decoding: $0) }
      } else if key == Array("signals".utf8) {
        signals = value()?.withUnsafeBytes { try? SignalPolicy(decoding: $0) }
        hasLostSignals = signals == nil
      }
    }
    (self.wordIndex, self.signals, self.hasLostSignals) = (wordIndex, signals, hasLostSignals)
    var spaces: [SpaceRecord] = []
    file.forEach("space") { key, value in
      let record = value()?.withUnsafeBytes { try? SpaceRecord(decoding: $0) }
      if let record, Array(record.name.utf8) == key { spaces.append(record) }
    }
    self.spaces = spaces.sorted { $0.number < $1.number }
    var (ordinals, ids) = ([RecordKind: [ExactString: UInt32]](), [RecordKind: [UInt32: String]]())
    var lacking: Set<RecordKind> = []
    for kind in RecordKind.allCases {
      if file.hasLost("\(kind.tableName).id") { lacking.insert(kind) }
      file.forEach("\(kind.tableName).id") { key, value in
        guard let number = Self.number(value(), key: key), let id = String(validating: key, as: UTF8.self)
        else {
          lacking.insert(kind)
          return
        }
        ordinals[kind, default: [:]][ExactString(id)] = number
        ids[kind, default: [:]][number] = id
      }
    }
    (self.ordinals, self.ids, kindsLackingIDs) = (ordinals, ids, lacking)
    eventKinds = Self.eventKinds(file)
  }

  private static func storeRecord(_ file: SalvagedFile) throws -> StoreRecord? {
    var store: StoreRecord?
    try file.forEach("meta") { key, value in
      guard key == Array("store".utf8), let value = value() else { return }
      do { store = try value.withUnsafeBytes { try StoreRecord(decoding: $0) } } catch let error
        as RecordError
      {
        // Written by a version whose records are not known here.
        if case .newerVersion = error { throw EngineError.corrupted("meta", "store", error) }
      }
    }
    return store
  }

  /// Kinds by the table that leads to their numbers, whose keys have a checksum, and where that is lost by the other.
  private static func eventKinds(_ file: SalvagedFile) -> [UInt32: String] {
    var (kinds, known) = ([UInt32: String](), Set<[UInt8]>())
    func name(_ word: some Collection<UInt8>) -> String? {
      word.first == Words.kind ? String(validating: word.dropFirst(), as: UTF8.self) : nil
    }
    file.forEach("word.id", prefix: [Words.kind]) { key, value in
      guard let number = number(value(), key: key) else { return }
      known.insert(key)
      kinds[number] = name(key)
    }
    file.forEach("word") { key, value in
      guard let number = key.withUnsafeBytes({ UInt32(keyBytes: $0) }), kinds[number] == nil,
        let word = value().flatMap(contents), !known.contains(word)
      else { return }
      kinds[number] = name(word)
    }
    return kinds
  }

  /// What a record of nothing but an envelope holds.
  private static func contents(_ value: [UInt8]) -> [UInt8]? {
    value.withUnsafeBytes { value in
      guard var reader = try? Envelope.open(value) else { return nil }
      return (try? reader.readBytes(reader.remaining)).map { Array($0) }
    }
  }

  private static func number(_ value: [UInt8]?, key: [UInt8]) -> UInt32? {
    value?.withUnsafeBytes { value in key.withUnsafeBytes { try? NumberRecord.decode(value, key: $0) } }
  }

  /// Visits records of a kind that are what their ids lead to.
  func forEachEntity(_ kind: RecordKind, _ body: (Ordinal, EntityRecord) throws -> Void) rethrows {
    try file.forEach(kind.tableName) { key, value in
      guard let number = key.withUnsafeBytes({ UInt32(keyBytes: $0) }), number < 1 << 31,
        let record = value()?.withUnsafeBytes({ try? EntityRecord(decoding: $0, of: Ordinal(number)) }),
        (try? Writer.check(record)) != nil
      else { return }
      // A page of the other kind, or an old one, has sound records too.
      let ordinal = ordinals[kind]?[ExactString(record.id)]
      guard ordinal == number || (ordinal == nil && kindsLackingIDs.contains(kind)) else { return }
      try body(Ordinal(number), record)
    }
  }

  /// Visits events in the order of their keys.
  func forEachEvent(_ body: (EventKey, EventRecord) throws -> Void) rethrows {
    try file.forEach("event") { key, value in
      guard let key = key.withUnsafeBytes({ EventKey(keyBytes: $0) }),
        let event = value()?.withUnsafeBytes({ try? EventRecord(decoding: $0, of: key) })
      else { return }
      try body(key, event)
    }
  }

  /// What a space remembers of what made its vectors; nil where some of it is lost.
  func encoderState(of space: SpaceRecord) -> [UInt8]? {
    var (pieces, isWhole) = ([[UInt8]](), true)
    file.forEach("encoder", prefix: BlockKey(space.number, 0).prefixBytes) { key, value in
      guard let number = key.withUnsafeBytes({ BlockKey(keyBytes: $0)?.second }), number == pieces.count,
        let piece = value().flatMap(Self.contents)
      else { return isWhole = false }
      pieces.append(piece)
    }
    let prefix = BlockKey(space.number, 0).prefixBytes
    return isWhole && !file.hasLost("encoder", prefix: prefix) ? Array(pieces.joined()) : nil
  }
}

/// Models of a damaged store, whole or not at all.
extension SalvagedStore {
  /// Models whose records can be read, by version.
  func models() -> [StoredModel] {
    var models: [StoredModel] = []
    file.forEach("model") { key, value in
      guard let version = key.withUnsafeBytes({ UInt32(keyBytes: $0) }),
        let record = value()?.withUnsafeBytes({ try? ModelRecord(decoding: $0, of: version) })
      else { return }
      models.append(StoredModel(version: version, record: record))
    }
    return models.sorted { $0.version < $1.version }
  }

  /// The arrays of a model; nil where a piece of them is lost.
  func arrays(of model: StoredModel) -> [ModelArray]? {
    let (generation, byteCount) = (model.record.generation, model.record.byteCount)
    var pieces: [UInt32: [UInt8]] = [:]
    file.forEach("weights", prefix: BlockKey(generation, 0).prefixBytes) { key, value in
      guard let number = key.withUnsafeBytes({ BlockKey(keyBytes: $0)?.second }), let value = value() else {
        return
      }
      pieces[number] = Self.piece(value, generation, number)
    }
    let count = (byteCount + ModelPiece.byteCount - 1) / ModelPiece.byteCount
    if file.hasLost("weights") {
      for number in 0..<UInt32(count) where pieces[number] == nil {
        let length = min(ModelPiece.byteCount, byteCount - Int(number) * ModelPiece.byteCount)
        file.forEachLooseValue { value in
          pieces[number] = Self.piece(Array(value.prefix(length + Self.pieceHeaderBytes)), generation, number)
          return pieces[number] == nil
        }
      }
    }
    var bytes: [UInt8] = []
    for number in 0..<UInt32(count) {
      guard let piece = pieces[number] else { return nil }
      bytes += piece
    }
    guard bytes.count == byteCount else { return nil }
    return bytes.withUnsafeBytes { bytes in model.record.sections.map { ModelArray($0, in: bytes) } }
  }

  private static let pieceHeaderBytes = ModelPiece.encode(
    UnsafeRawBufferPointer(start: nil, count: 0), generation: 0, number: 0
  ).count

  private static func piece(_ value: [UInt8], _ generation: UInt32, _ number: UInt32) -> [UInt8]? {
    value.withUnsafeBytes { value in
      (try? ModelPiece.decode(value, generation: generation, number: number)).map { Array($0) }
    }
  }
}

extension SalvagedStore {
  /// Whether an entry can be one of a table, by its checksum where it has one.
  private static func isEntry(of table: String, key: [UInt8], value: [UInt8]?) -> Bool {
    guard let value else { return false }
    return key.withUnsafeBytes { key in
      value.withUnsafeBytes { value in (try? check(table, key, value)) ?? false }
    }
  }

  private static func check(
    _ table: String, _ key: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
  ) throws -> Bool {
    switch table {
    case "item", "user":
      guard let number = UInt32(keyBytes: key) else { return false }
      _ = try EntityRecord.decodeID(value, of: Ordinal(number))
    case "item.id", "user.id", "word.id", "column.id": _ = try NumberRecord.decode(value, key: key)
    case "event":
      guard let key = EventKey(keyBytes: key) else { return false }
      _ = try EventRecord(decoding: value, of: key)
    case "word":
      guard UInt32(keyBytes: key) != nil else { return false }
      _ = try Envelope.open(value)
    case "space": return try Array(SpaceRecord(decoding: value).name.utf8) == Array(key)
    case "meta": _ = try StoreRecord(decoding: value)
    case "model":
      guard let version = UInt32(keyBytes: key) else { return false }
      _ = try ModelRecord(decoding: value, of: version)
    default:
      guard let key = BlockKey(keyBytes: key) else { return false }
      return try check(table, key, value)
    }
    return true
  }

  /// The tables whose keys are a generation or a space, and a number.
  private static func check(_ table: String, _ key: BlockKey, _ value: UnsafeRawBufferPointer) throws -> Bool
  {
    switch table {
    case "tail":
      _ = try TailRecord.decode(
        value, sequence: key.second, strideBytes: max(0, value.count - TailRecord.headerBytes))
    case "weights": _ = try ModelPiece.decode(value, generation: key.first, number: key.second)
    case "encoder", "codebook", "curve": _ = try Envelope.open(value)
    default:
      guard let kind = BlockKind(tableName: table) else { return false }
      return BlockHeader.matches(value, kind: kind, generation: key.first, number: key.second)
    }
    return true
  }
}

extension BlockKind {
  /// The kind of the blocks of a table.
  fileprivate init?(tableName: String) {
    switch tableName {
    case "rows": self = .rows
    case "codes": self = .codes
    case "links": self = .links
    case "upper": self = .upper
    case "owners": self = .owners
    case "places": self = .places
    case "dead": self = .dead
    case "column": self = .column
    default: return nil
    }
  }
}

extension RecordKind {
  /// The table of its records.
  var tableName: String { self == .items ? "item" : "user" }
}

extension BlockKey {
  /// The bytes of all keys with this generation or space.
  var prefixBytes: [UInt8] { withUnsafeBytes(of: first.bigEndian) { Array($0) } }
}
