import LMDB
import Records

/// The blocks of one table in a space's graph, as addresses that last.
///
/// Valid while a read transaction that sees them lives. A block that may lie in a page with others, whose address
/// changes when one of those does, is copied: with pages of 4,096 bytes none that a search uses is.
// unchanging after `init`
final class MappedBlocks: @unchecked Sendable {
  /// The first byte behind the header of each block, by number; nil where a block is missing.
  let bodies: UnsafeMutableBufferPointer<UnsafeRawPointer?>
  private let byteCounts: UnsafeMutableBufferPointer<UInt32>
  private let headerBytes: Int
  private var copies: [UnsafeMutableRawPointer] = []

  /// - Parameters:
  ///   - count: how many blocks there are if none is missing; more are an error.
  ///   - headerBytes: bytes of each block before what is of interest.
  ///   - accept: whether a value has the right size.
  /// - Throws: `.corrupted`, which names the block.
  init<T: Transaction & ~Copyable>(
    _ table: Table<BlockKey>, _ kind: BlockKind, _ record: SpaceRecord, count: Int, headerBytes: Int,
    _ transaction: borrowing T, accept: (Int) -> Bool
  ) throws {
    self.headerBytes = headerBytes
    bodies = .allocate(capacity: count)
    bodies.initialize(repeating: nil)
    byteCounts = .allocate(capacity: count)
    byteCounts.initialize(repeating: 0)
    let ownPages = transaction.pageBytes / 2
    let first = UInt64(record.generation) << 32
    try transaction.forEach(table, prefix: record.generation) { key, value in
      // Read as one number: there may be tens of thousands of blocks, and opening a store waits for this.
      let place = key.count == 8 ? UInt64(bigEndian: key.loadUnaligned(as: UInt64.self)) &- first : .max
      guard place < UInt64(count), value.count >= headerBytes, accept(value.count),
        let start = value.baseAddress
      else {
        throw EngineError.corrupted(
          "space \"\(record.name)\": a block of the \(kind) has \(value.count) bytes or is one too many")
      }
      byteCounts[Int(place)] = UInt32(value.count)
      bodies[Int(place)] = (value.count > ownPages ? start : copy(value)) + headerBytes
      return .next
    }
  }

  deinit {
    bodies.deallocate()
    byteCounts.deallocate()
    for copy in copies { copy.deallocate() }
  }

  private func copy(_ value: UnsafeRawBufferPointer) -> UnsafeRawPointer {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: value.count, alignment: 64)
    bytes.copyMemory(from: value)
    guard let start = bytes.baseAddress else { preconditionFailure("a block has bytes") }
    copies.append(start)
    return UnsafeRawPointer(start)
  }

  /// The whole of a block, header first; empty where it is missing.
  func bytes(ofBlock block: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bodies[block].map { $0 - headerBytes }, count: Int(byteCounts[block]))
  }
}
