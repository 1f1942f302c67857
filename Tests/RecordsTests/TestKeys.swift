import Basics
import Records

/// Records are sealed with their keys; these tests keep everything under one.
let testOrdinal = Ordinal(7)
let testEventKey = EventKey(user: Ordinal(3), time: 1_290_000_000_000, number: 0)

extension EntityRecord {
  func encoded() -> [UInt8] { encoded(for: testOrdinal) }

  init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    try self.init(decoding: record, of: testOrdinal)
  }

  static func decodeID(_ record: UnsafeRawBufferPointer) throws(RecordError) -> (id: String, isDeleted: Bool)
  {
    try decodeID(record, of: testOrdinal)
  }
}

extension EventRecord {
  func encoded() -> [UInt8] { encoded(for: testEventKey) }

  init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    try self.init(decoding: record, of: testEventKey)
  }
}
