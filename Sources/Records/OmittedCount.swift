/// How many records a session model could not encode when its spaces were made: known to be without a vector, they are
/// not missing. Stored as the state of the spaces' encoder.
package enum OmittedCount {
  package static func encoded(_ count: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt64(count).littleEndian) { Array($0) }
  }

  /// nil for a state that says nothing of it, as those of older stores.
  package static func decoded(_ state: [UInt8]) -> Int? {
    guard state.count == MemoryLayout<UInt64>.size else { return nil }
    let value = state.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    return Int(exactly: value)
  }
}
