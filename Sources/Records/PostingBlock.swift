package import Basics

/// Records in which a term occurs, by ascending ordinal: a part of the term's list.
///
/// Payload, in an envelope whose seed is the CRC-32C of `u32 term · u32 first ordinal`: `varint count ·
/// count × (varint distance of the ordinal to the one before, the first to the key's · varint occurrences less 1 ·
/// u8 length)`.
package struct PostingBlock: Equatable, Sendable {
  /// One record.
  package struct Posting: Equatable, Sendable {
    package var ordinal: UInt32
    /// How often the term occurs, at least 1.
    package var occurrences: UInt32
    /// Terms of the record, 255 for more.
    package var length: UInt8

    package init(ordinal: UInt32, occurrences: UInt32, length: UInt8) {
      self.ordinal = ordinal
      self.occurrences = occurrences
      self.length = length
    }
  }

  /// Postings that a block has at most; about 2 KB.
  package static let capacity = 512

  package var postings: [Posting]

  package init(_ postings: [Posting]) { self.postings = postings }

  /// What the checksum of a block begins with.
  package static func seed(_ term: UInt32, _ first: UInt32) -> UInt32 {
    var writer = ByteWriter(reservingCapacity: 8)
    writer.append(term)
    writer.append(first)
    return writer.bytes.withUnsafeBytes { crc32c($0) }
  }

  /// The stored bytes; there is at least one posting.
  package func encoded(term: UInt32) -> [UInt8] {
    let first = postings[0].ordinal
    return Envelope.seal(seed: Self.seed(term, first), reservingCapacity: 4 + 5 * postings.count) { writer in
      writer.append(varint: postings.count)
      var last = first
      for posting in postings {
        writer.append(varint: Int(posting.ordinal - last))
        writer.append(varint: Int(posting.occurrences) - 1)
        writer.append(posting.length)
        last = posting.ordinal
      }
    }
  }

  /// Hands out the postings of a stored block.
  /// - Parameters: the key that it is stored under.
  package static func forEach(
    in value: UnsafeRawBufferPointer, term: UInt32, first: UInt32, _ body: (Posting) -> Void
  ) throws(RecordError) {
    var reader = try Envelope.open(value, seed: seed(term, first))
    let count = try reader.readVarint()
    guard (1...capacity).contains(count) else { throw .invalid("\(count) postings") }
    var ordinal = first
    for place in 0..<count {
      let distance = try reader.readVarint()
      guard place == 0 ? distance == 0 : distance >= 1, distance < 1 << 31, Int(ordinal) + distance < 1 << 31
      else { throw .invalid("postings that do not ascend") }
      ordinal += UInt32(distance)
      let occurrences = try reader.readVarint()
      guard (0..<1 << 31).contains(occurrences) else { throw .invalid("\(occurrences) occurrences") }
      body(
        Posting(ordinal: ordinal, occurrences: UInt32(occurrences) + 1, length: try reader.read(UInt8.self)))
    }
    guard reader.remaining == 0 else { throw .invalid("\(reader.remaining) bytes behind the postings") }
  }

  package init(decoding value: UnsafeRawBufferPointer, term: UInt32, first: UInt32) throws(RecordError) {
    var postings: [Posting] = []
    try Self.forEach(in: value, term: term, first: first) { postings.append($0) }
    self.postings = postings
  }
}

/// What the word index is of, and its sums; under the key `terms` of `meta`. A store without it has no word index.
///
/// Payload, in an envelope: `u64 records · u64 terms of all · varint count · count × text attribute`.
package struct WordIndexRecord: Equatable, Sendable {
  /// Items with at least one term.
  package var recordCount: UInt64 = 0
  /// Terms of all items, each as often as it occurs; of an item 255 at most.
  package var termCount: UInt64 = 0
  /// Attributes whose values are indexed beside the text, by name.
  package var attributes: [String]

  /// More than this no store has.
  private static let countLimit: UInt64 = 1 << 48

  package init(attributes: [String] = []) { self.attributes = attributes }

  package func encoded() -> [UInt8] {
    Envelope.seal { writer in
      writer.append(recordCount)
      writer.append(termCount)
      writer.append(varint: attributes.count)
      for name in attributes { writer.append(name) }
    }
  }

  package init(decoding value: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(value)
    recordCount = try reader.read(UInt64.self)
    termCount = try reader.read(UInt64.self)
    guard recordCount <= Self.countLimit, termCount <= Self.countLimit else {
      throw .invalid("too many words")
    }
    let count = try reader.readVarint()
    guard count >= 0, count <= reader.remaining else { throw .invalid("\(count) attributes") }
    attributes = []
    for _ in 0..<count { attributes.append(try reader.readText()) }
  }
}
