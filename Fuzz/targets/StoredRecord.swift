import Basics
import Records

/// A kind of record in an envelope: how a fuzz target seals a payload, decodes it and writes it again.
struct StoredRecord {
  let seed: UInt32
  var version: UInt8 = 1
  /// What is read, written again; nil where it cannot be written as it was read.
  let rewritten: (UnsafeRawBufferPointer) throws -> [UInt8]?

  /// Decodes a payload, under the right checksum and under any: a record that is read is written with bytes that are
  /// read as the same record.
  func check(_ payload: UnsafeRawBufferPointer) throws {
    _ = try accepted(RecordError.self) { try rewritten(payload) }
    let record = Envelope.seal(seed: seed, version: version) { $0.append(contentsOf: payload) }
    guard let once = try accepted(RecordError.self, { try record.withUnsafeBytes(rewritten) }) else { return }
    guard let once else { return }
    let twice = try accepted(RecordError.self) { try once.withUnsafeBytes(rewritten) }
    try hold(twice != nil, "what was written of \(record) is refused: \(once)")
    try hold(twice == once, "\(once) is read and written as \(String(describing: twice))")
  }

  /// The payload of a record that the product made.
  static func payload(_ record: [UInt8]) -> [UInt8] { Array(record.dropFirst(5)) }
}

/// Memory of exactly as many bytes, so that the address sanitizer sees a read behind them.
final class ExactBytes {
  let buffer: UnsafeMutableRawBufferPointer

  /// - Parameters:
  ///   - bytes: begin it; zeros follow.
  ///   - alignment: of its address.
  init(_ bytes: some Collection<UInt8>, count: Int, alignment: Int = 64) {
    buffer = .allocate(byteCount: count, alignment: alignment)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    buffer.copyBytes(from: bytes.prefix(count))
  }

  convenience init(_ bytes: some Collection<UInt8>) { self.init(bytes, count: bytes.count) }

  deinit { buffer.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(buffer) }
}
