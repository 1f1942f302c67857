package import Basics

/// An entry of a list that is stored in blocks, by ascending ordinal.
package protocol ListEntry: Equatable, Sendable {
  /// What entries are, for messages.
  static var noun: String { get }
  /// Entries that a block has at most.
  static var capacity: Int { get }

  var ordinal: UInt32 { get }

  /// Reads what `append` wrote.
  init(ordinal: UInt32, _ reader: inout ByteReader) throws(RecordError)

  /// Appends what there is beside the ordinal.
  func append(to writer: inout ByteWriter)

  /// `ListBlock.forEach`, compiled for this entry: other modules would call it for any.
  static func forEach(
    in value: UnsafeRawBufferPointer, list: UInt32, first: UInt32, _ body: (Self) -> Void
  ) throws(RecordError)

  /// `ListBlock.encoded`, as above.
  static func encoded(_ entries: [Self], list: UInt32) -> [UInt8]
}

/// A part of a list, stored under the list's number and its first ordinal.
///
/// Payload, in an envelope whose seed is the CRC-32C of `u32 list · u32 first ordinal`: `varint count ·
/// count × (varint distance of the ordinal to the one before, the first to the key's · the entry)`.
package struct ListBlock<Entry: ListEntry>: Equatable, Sendable {
  package var entries: [Entry]

  package init(_ entries: [Entry]) { self.entries = entries }

  /// What the checksum of a block begins with.
  package static func seed(_ list: UInt32, _ first: UInt32) -> UInt32 {
    var writer = ByteWriter(reservingCapacity: 8)
    writer.append(list)
    writer.append(first)
    return writer.bytes.withUnsafeBytes { crc32c($0) }
  }

  /// The stored bytes; there is at least one entry.
  package func encoded(list: UInt32) -> [UInt8] {
    let first = entries[0].ordinal
    return Envelope.seal(seed: Self.seed(list, first), reservingCapacity: 4 + 5 * entries.count) { writer in
      writer.append(varint: entries.count)
      var last = first
      for entry in entries {
        writer.append(varint: Int(entry.ordinal - last))
        entry.append(to: &writer)
        last = entry.ordinal
      }
    }
  }

  /// Hands out the entries of a stored block.
  /// - Parameters: the key that it is stored under.
  package static func forEach(
    in value: UnsafeRawBufferPointer, list: UInt32, first: UInt32, _ body: (Entry) -> Void
  ) throws(RecordError) {
    var reader = try Envelope.open(value, seed: seed(list, first))
    let count = try reader.readVarint()
    guard (1...Entry.capacity).contains(count) else { throw .invalid("\(count) \(Entry.noun)") }
    var ordinal = first
    for place in 0..<count {
      let distance = try reader.readVarint()
      guard place == 0 ? distance == 0 : distance >= 1, distance < 1 << 31, Int(ordinal) + distance < 1 << 31
      else { throw .invalid("\(Entry.noun) that do not ascend") }
      ordinal += UInt32(distance)
      body(try Entry(ordinal: ordinal, &reader))
    }
    guard reader.remaining == 0 else {
      throw .invalid("\(reader.remaining) bytes behind the \(Entry.noun)")
    }
  }

  package init(decoding value: UnsafeRawBufferPointer, list: UInt32, first: UInt32) throws(RecordError) {
    var entries: [Entry] = []
    try Self.forEach(in: value, list: list, first: first) { entries.append($0) }
    self.entries = entries
  }
}
