import Values
package import LMDB
import Records

/// `u32 user · u64 time · u32 number`, as in `EventKey`.
typealias EventTableKey = PairKey<UInt32, PairKey<UInt64, UInt32>>
/// `u32 generation (or space) · u32 block (or slot, sequence number)`.
package typealias BlockKey = PairKey<UInt32, UInt32>

/// Every table of the file. `docs/format.md` lists their bytes.
struct Tables: Sendable {
  static let names = [
    "meta", "item.id", "item", "user.id", "user", "event", "word.id", "word", "column.id", "column", "space",
    "rows", "codes", "codebook", "curve", "links", "upper", "owners", "places", "dead", "tail", "encoder",
    "model", "weights", "garbage",
  ]

  let meta: Table<String>
  let itemID: Table<String>
  let item: Table<UInt32>
  let userID: Table<String>
  let user: Table<UInt32>
  let event: Table<EventTableKey>
  let wordID: Table<BytesKey>
  let word: Table<UInt32>
  let columnID: Table<String>
  let column: Table<BlockKey>
  let space: Table<String>
  let rows: Table<BlockKey>
  let codes: Table<BlockKey>
  let codebook: Table<BlockKey>
  let curve: Table<BlockKey>
  let links: Table<BlockKey>
  let upper: Table<BlockKey>
  let owners: Table<BlockKey>
  let places: Table<BlockKey>
  let dead: Table<BlockKey>
  let tail: Table<BlockKey>
  let encoder: Table<BlockKey>
  let model: Table<UInt32>
  let weights: Table<BlockKey>
  let garbage: Table<UInt32>

  init(_ environment: Environment) {
    meta = environment.table("meta", key: String.self)
    itemID = environment.table("item.id", key: String.self)
    item = environment.table("item", key: UInt32.self)
    userID = environment.table("user.id", key: String.self)
    user = environment.table("user", key: UInt32.self)
    event = environment.table("event", key: EventTableKey.self)
    wordID = environment.table("word.id", key: BytesKey.self)
    word = environment.table("word", key: UInt32.self)
    columnID = environment.table("column.id", key: String.self)
    column = environment.table("column", key: BlockKey.self)
    space = environment.table("space", key: String.self)
    rows = environment.table("rows", key: BlockKey.self)
    codes = environment.table("codes", key: BlockKey.self)
    codebook = environment.table("codebook", key: BlockKey.self)
    curve = environment.table("curve", key: BlockKey.self)
    links = environment.table("links", key: BlockKey.self)
    upper = environment.table("upper", key: BlockKey.self)
    owners = environment.table("owners", key: BlockKey.self)
    places = environment.table("places", key: BlockKey.self)
    dead = environment.table("dead", key: BlockKey.self)
    tail = environment.table("tail", key: BlockKey.self)
    encoder = environment.table("encoder", key: BlockKey.self)
    model = environment.table("model", key: UInt32.self)
    weights = environment.table("weights", key: BlockKey.self)
    garbage = environment.table("garbage", key: UInt32.self)
  }

  /// Id → ordinal, for one kind of record.
  func ids(_ kind: RecordKind) -> Table<String> { kind == .items ? itemID : userID }
  /// Ordinal → record, for one kind of record.
  func entities(_ kind: RecordKind) -> Table<UInt32> { kind == .items ? item : user }
  /// The tables whose keys begin with a generation.
  var generational: [Table<BlockKey>] {
    [rows, codes, codebook, curve, links, upper, owners, places, dead, weights]
  }
}

extension EventKey {
  var tableKey: EventTableKey { PairKey(user.rawValue, PairKey(storedTime, number)) }

  init?(keyBytes: UnsafeRawBufferPointer) {
    guard let key = EventTableKey(keyBytes: keyBytes) else { return nil }
    self.init(
      user: Ordinal(key.first), time: EventKey.time(fromStored: key.second.first), number: key.second.second)
  }
}
