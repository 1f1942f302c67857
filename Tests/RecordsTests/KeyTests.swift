import Basics
import Records
import Testing

/// A record's key is part of its checksum: one that LMDB hands out under a wrong key is refused, not believed.
@Suite struct KeyTests {
  /// Number 9 under the key "item-1", laid out and summed from the documentation by a second program.
  private static let numberBytes = "09000000a2a16659"

  private func number(_ record: [UInt8], under key: String) -> Result<UInt32, RecordError> {
    Array(key.utf8).withUnsafeBytes { key in
      record.withUnsafeBytes { record in
        outcome { () throws(RecordError) in try NumberRecord.decode(record, key: key) }
      }
    }
  }

  @Test func entitiesUnderAnotherOrdinalAreRefused() {
    let record = Samples.entity.encoded(for: Ordinal(77))
    for ordinal in [0, 76, 78, UInt32.max] {
      record.withUnsafeBytes { bytes in
        let entity = outcome { () throws(RecordError) in
          try EntityRecord(decoding: bytes, of: Ordinal(ordinal))
        }
        #expect(throws: RecordError.self, "ordinal \(ordinal)") { try entity.get() }
        let id = outcome { () throws(RecordError) in try EntityRecord.decodeID(bytes, of: Ordinal(ordinal)).id
        }
        #expect(throws: RecordError.self, "ordinal \(ordinal)") { try id.get() }
      }
    }
  }

  @Test func eventsUnderAnotherUserOrTimeAreRefused() {
    let others = [
      EventKey(user: Ordinal(testEventKey.user.rawValue + 1), time: testEventKey.time, number: 0),
      EventKey(user: testEventKey.user, time: testEventKey.time + 1, number: 0),
      EventKey(user: testEventKey.user, time: -testEventKey.time, number: 0),
    ]
    Samples.event.encoded(for: testEventKey).withUnsafeBytes { bytes in
      for other in others {
        let event = outcome { () throws(RecordError) in try EventRecord(decoding: bytes, of: other) }
        #expect(throws: RecordError.self) { try event.get() }
      }
    }
  }

  /// Repeated events are recognised by their bytes, so their number must not be in them.
  @Test func equalEventsOfOneTimeHaveEqualBytes() {
    let other = EventKey(user: testEventKey.user, time: testEventKey.time, number: 99)
    #expect(Samples.event.encoded(for: other) == Samples.event.encoded(for: testEventKey))
  }

  @Test func numbersKeepTheirBytes() {
    let encoded = Array("item-1".utf8).withUnsafeBytes { NumberRecord.encode(9, key: $0) }
    #expect(hex(encoded) == Self.numberBytes)
    #expect(number(encoded, under: "item-1") == .success(9))
    for key in ["item-2", "item-", "item-10", ""] {
      #expect(throws: RecordError.self, "key \(key)") { try number(encoded, under: key).get() }
    }
  }

  @Test func damagedNumbersAreRefused() {
    let record = bytes(Self.numberBytes)
    for count in 0..<record.count {
      #expect(throws: RecordError.self) { try number(Array(record.prefix(count)), under: "item-1").get() }
    }
    for bit in 0..<record.count * 8 {
      var damaged = record
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: RecordError.self, "bit \(bit)") { try number(damaged, under: "item-1").get() }
    }
  }
}
