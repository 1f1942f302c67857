package import Basics

/// The key of an event: `u32 user · u64 time, sign bit flipped · u32 number`, all big-endian, so that one user's events
/// lie in time order, those of one time in the order they came.
package struct EventKey: Hashable, Comparable, Sendable {
  package let user: Ordinal
  /// Milliseconds since 1970 UTC.
  package let time: Int64
  /// Counts the events of one user at one time from 0.
  package let number: UInt32

  package init(user: Ordinal, time: Int64, number: UInt32) {
    self.user = user
    self.time = time
    self.number = number
  }

  /// The time as it stands in a key: unsigned order is time order.
  package var storedTime: UInt64 { UInt64(bitPattern: time) ^ (1 << 63) }

  /// CRC-32C of user and time; the number is left out, so that equal events of one time have equal bytes.
  var checksumSeed: UInt32 {
    var writer = ByteWriter(reservingCapacity: 12)
    writer.append(user.rawValue)
    writer.append(time)
    return writer.bytes.withUnsafeBytes { crc32c($0) }
  }

  package static func time(fromStored stored: UInt64) -> Int64 { Int64(bitPattern: stored ^ (1 << 63)) }

  package static func < (left: EventKey, right: EventKey) -> Bool {
    (left.user.rawValue, left.time, left.number) < (right.user.rawValue, right.time, right.number)
  }
}

/// What is stored under an `EventKey`.
///
/// Payload: `u32 item · u32 kind (a word) · u8 flags (1 session, 2 value) · [f64 value] · [text session]`.
package struct EventRecord: Hashable, Sendable {
  package var item: Ordinal
  /// The number of the kind in the table of words.
  package var kind: UInt32
  package var session: String?
  package var value: Double?

  package init(item: Ordinal, kind: UInt32, session: String?, value: Double?) {
    self.item = item
    self.kind = kind
    self.session = session
    self.value = value
  }

  /// - Parameter key: whose user and time are part of the checksum.
  package func encoded(for key: EventKey) -> [UInt8] {
    Envelope.seal(seed: key.checksumSeed, reservingCapacity: 40) { writer in
      writer.append(item.rawValue)
      writer.append(kind)
      writer.append(UInt8((session == nil ? 0 : 1) | (value == nil ? 0 : 2)))
      if let value { writer.append(value) }
      if let session { writer.append(session) }
    }
  }

  package init(decoding record: UnsafeRawBufferPointer, of key: EventKey) throws(RecordError) {
    var reader = try Envelope.open(record, seed: key.checksumSeed)
    item = Ordinal(try reader.read(UInt32.self))
    kind = try reader.read(UInt32.self)
    let flags = try reader.read(UInt8.self)
    value = flags & 2 != 0 ? try reader.readDouble() : nil
    session = flags & 1 != 0 ? try reader.readText() : nil
  }
}
