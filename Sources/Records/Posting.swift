package import Basics

/// A record in which a term occurs: an entry of the term's list, whose number is that of the term's word.
///
/// `varint occurrences less 1 · u8 length`.
package struct Posting: ListEntry {
  package static let noun = "postings"
  /// About 2 KB.
  package static let capacity = 512

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

  package init(ordinal: UInt32, _ reader: inout ByteReader) throws(RecordError) {
    let occurrences = try reader.readVarint()
    guard (0..<1 << 31).contains(occurrences) else { throw .invalid("\(occurrences) occurrences") }
    self.init(ordinal: ordinal, occurrences: UInt32(occurrences) + 1, length: try reader.read(UInt8.self))
  }

  package func append(to writer: inout ByteWriter) {
    writer.append(varint: Int(occurrences) - 1)
    writer.append(length)
  }

  package static func forEach(
    in value: UnsafeRawBufferPointer, list: UInt32, first: UInt32, _ body: (Posting) -> Void
  ) throws(RecordError) { try ListBlock.forEach(in: value, list: list, first: first, body) }

  package static func encoded(_ entries: [Posting], list: UInt32) -> [UInt8] {
    ListBlock(entries).encoded(list: list)
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
