import Basics
import Records
import Values
import VectorMath

extension FuzzTarget {
  /// Records of the store, of spaces, codebooks, garbage, rows of the tail, numbers, omitted counts and postings.
  static let spaces = FuzzTarget("spaces") { bytes in
    var input = FuzzInput(bytes)
    switch input.below(9) {
    case 0:
      try StoredRecord(seed: 0) { record in
        let space = try SpaceRecord(decoding: record)
        // What a search is made of.
        let layout = try space.shape.layout
        try hold(layout.strideBytes > 0 && space.liveCount >= 0, "\(space)")
        _ = RowBlockLayout(strideBytes: layout.strideBytes).blockBytes
        return space.encoded()
      }.check(input.rest)
    case 1: try StoredRecord(seed: 0) { try StoreRecord(decoding: $0).encoded() }.check(input.rest)
    case 2: try StoredRecord(seed: 0) { try GarbageRecord(decoding: $0).encoded() }.check(input.rest)
    case 3:
      let width: CodeWidth = input.below(2) == 0 ? .eight : .four
      // As a space's record has it.
      let dimension = 1 + Int(input.number(UInt16.self)) % Limits.dimension
      try StoredRecord(seed: 0) { record in
        let quantizer = try CodebookRecord.decode(record, width: width, dimension: dimension)
        try hold(quantizer.dimension == dimension, "a codebook of dimension \(quantizer.dimension)")
        return CodebookRecord.encode(quantizer)
      }.check(input.rest)
    case 4: try checkTail(&input)
    case 5:
      let key = input.take(input.below(12))
      guard let number = try accepted(RecordError.self, { try NumberRecord.decode(input.rest, key: key) })
      else {
        let value = input.number(UInt32.self)
        let record = NumberRecord.encode(value, key: key)
        let found = try record.withUnsafeBytes { try NumberRecord.decode($0, key: key) }
        return try hold(found == value, "number \(value) is read as \(found)")
      }
      try hold(
        NumberRecord.encode(number, key: key).elementsEqual(input.rest.prefix(8)), "number \(number)")
    case 6:
      guard let count = OmittedCount.decoded(Array(input.rest)) else { return }
      try hold(OmittedCount.encoded(count).elementsEqual(input.rest), "a count of \(count)")
    case 7: try StoredRecord(seed: 0) { try WordIndexRecord(decoding: $0).encoded() }.check(input.rest)
    default: try checkPostings(&input)
    }
  } samples: {
    var space = SpaceRecord(
      SpaceDefinition(
        name: "taste", kind: .items, shape: VectorShape(dimension: 32, metric: .cosine, encoding: .int8),
        seed: 42, encoder: "session:3"), number: 1, generation: 5)
    space.linkBits = 10
    (space.slotCount, space.nodeCount, space.deadCount, space.entryPoint, space.maxLevel) = (
      900, 850, 9, 7, 2
    )
    (space.tailCount, space.nextSequence) = (3, 8)
    let codebook = Quantizer(width: .eight, mean: [0.5, -0.25, 0], step: 0.125)
    let payload = StoredRecord.payload
    let number = Array("item".utf8).withUnsafeBytes { NumberRecord.encode(12, key: $0) }
    let postings = ListBlock<Posting>([
      .init(ordinal: 9, occurrences: 2, length: 5), .init(ordinal: 300, occurrences: 1, length: 255),
    ])
    var tail = [UInt8](repeating: 7, count: 72)
    let row = [UInt8](repeating: 9, count: 64)
    row.withUnsafeBytes { row in
      tail.withUnsafeMutableBytes { TailRecord.encode(ordinal: Ordinal(77), sequence: 5, row: row, into: $0) }
    }
    return [
      [0] + payload(space.encoded()), [1] + payload(StoreRecord(identity: 1 << 60, created: 5).encoded()),
      [2] + payload(GarbageRecord(builder: 77).encoded()), [2] + payload(GarbageRecord.abandoned.encoded()),
      [3, 0, 2, 0] + payload(CodebookRecord.encode(codebook)), [4, 5, 0, 0, 0, 64] + tail,
      [5, 4] + Array("item".utf8) + number, [6] + OmittedCount.encoded(12),
      [7] + payload(WordIndexRecord(attributes: ["brand", "code"]).encoded()),
      [8, 3, 0, 0, 0, 9, 0, 0, 0] + payload(postings.encoded(list: 3)),
    ]
  }

  private static func checkPostings(_ input: inout FuzzInput) throws {
    let (term, first) = (input.number(UInt32.self), input.number(UInt32.self) >> 1)
    try StoredRecord(seed: ListBlock<Posting>.seed(term, first)) { record in
      let block = try ListBlock<Posting>(decoding: record, list: term, first: first)
      try hold(block.entries.first?.ordinal == first, "postings from \(block.entries[0].ordinal)")
      try hold(
        zip(block.entries, block.entries.dropFirst()).allSatisfy { $0.ordinal < $1.ordinal },
        "postings that do not ascend")
      return block.encoded(list: term)
    }.check(input.rest)
  }

  private static func checkTail(_ input: inout FuzzInput) throws {
    let sequence = input.number(UInt32.self)
    let stride = input.below(255) + 1
    let value = ExactBytes(input.rest)
    func decoded(_ bytes: UnsafeRawBufferPointer) throws -> (ordinal: Ordinal, row: UnsafeRawPointer)? {
      try accepted(RecordError.self) {
        try TailRecord.decode(bytes, sequence: sequence, strideBytes: stride)
      }
    }
    func expectWhole(_ tail: (ordinal: Ordinal, row: UnsafeRawPointer), _ bytes: ExactBytes) throws {
      try hold(bytes.bytes.count == TailRecord.headerBytes + stride, "a tail of \(bytes.bytes.count) bytes")
      let row = UnsafeRawBufferPointer(start: tail.row, count: stride)
      try hold(row.elementsEqual(bytes.bytes.dropFirst(TailRecord.headerBytes)), "another row")
    }
    if let tail = try decoded(value.bytes) { try expectWhole(tail, value) }
    // The same row under its right checksum.
    let row = ExactBytes(input.rest, count: stride)
    let sealed = ExactBytes([], count: TailRecord.headerBytes + stride)
    TailRecord.encode(ordinal: Ordinal(sequence ^ 9), sequence: sequence, row: row.bytes, into: sealed.buffer)
    guard let tail = try decoded(sealed.bytes) else { throw FuzzFailure("a row of the tail is refused") }
    try hold(tail.ordinal == Ordinal(sequence ^ 9), "ordinal \(tail.ordinal)")
    try expectWhole(tail, sealed)
  }
}
