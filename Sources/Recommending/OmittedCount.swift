import Engine
package import Records

/// How many records a session model could not encode when its spaces were made: known to be without a vector, they are
/// not missing. Stored as the state of the spaces' encoder.
enum OmittedCount {
  static func encoded(_ count: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(count).littleEndian) { Array($0) }
  }

  /// nil for a state that says nothing of it, as those of older stores.
  static func decoded(_ state: [UInt8]) -> Int? {
    guard state.count == MemoryLayout<UInt64>.size else { return nil }
    let value = state.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    return Int(exactly: value)
  }
}

extension Snapshot {
  /// Records that were stored after a session model encoded all others into a space; nil for other spaces.
  /// - Complexity: O(1). A record that could not be encoded and was deleted since hides one that is missing.
  package func missingCount(in record: SpaceRecord) throws -> Int? {
    guard SessionSpaces.version(record) != nil,
      let omitted = OmittedCount.decoded(try encoderState(of: record))
    else { return nil }
    let store = try store()
    let all = store.recordCount(record.kind)
    return max(0, all - record.liveCount - omitted)
  }
}
