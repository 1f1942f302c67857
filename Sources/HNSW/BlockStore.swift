import Platform
import Synchronization

/// Blocks being written in memory, byte for byte as they are stored.
///
/// A store may begin from the blocks of a snapshot: those are shared until `makePrivate` copies one. Only
/// private blocks may be written, and they are what a merge has to store.
package final class BlockStore {
  package let geometry: BlockGeometry
  package let headerBytes: Int
  package private(set) var blockCount: Int
  private var bases: UnsafeMutablePointer<UnsafeRawPointer>
  private var capacity: Int
  private var isPrivate: [Bool]
  private var arena: Arena
  private let fill: UInt8

  /// - Parameters:
  ///   - headerBytes: bytes before row 0 of each block, left to the caller.
  ///   - fill: the byte of new blocks' rows (0xFF for links: all sentinels).
  ///   - shared: blocks to begin from; their rows are preceded by `headerBytes` of header too.
  package init(geometry: BlockGeometry, headerBytes: Int, fill: UInt8, startingFrom shared: BlockTable? = nil)
  {
    self.geometry = geometry
    self.headerBytes = headerBytes
    self.fill = fill
    blockCount = shared?.blockCount ?? 0
    capacity = max(16, blockCount * 2)
    bases = .allocate(capacity: capacity)
    isPrivate = Array(repeating: false, count: blockCount)
    arena = Arena(
      blockBytes: headerBytes + geometry.rowsPerBlock * geometry.strideBytes, headerBytes: headerBytes)
    for block in 0..<blockCount { shared.map { bases[block] = $0.base(ofBlock: block) } }
  }

  deinit { bases.deallocate() }

  /// Bytes of one block, header and rows.
  package var blockBytes: Int { headerBytes + geometry.rowsPerBlock * geometry.strideBytes }

  /// The addresses as they are now; invalid after the next `grow` or `makePrivate`.
  package var table: BlockTable { BlockTable(geometry: geometry, bases: bases, blockCount: blockCount) }

  /// Adds blocks until `slotCount` rows fit.
  package func grow(toSlots slotCount: Int) {
    let needed = geometry.blockCount(forSlots: slotCount)
    if needed > capacity {
      let larger = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: needed * 2)
      larger.update(from: bases, count: blockCount)
      bases.deallocate()
      bases = larger
      capacity = needed * 2
    }
    while blockCount < needed {
      let start = arena.next()
      memset(start, 0, headerBytes)
      memset(start + headerBytes, Int32(fill), blockBytes - headerBytes)
      bases[blockCount] = UnsafeRawPointer(start + headerBytes)
      isPrivate.append(true)
      blockCount += 1
    }
  }

  /// Copies `block` out of the snapshot, if it still lies there.
  package func makePrivate(_ block: Int) {
    guard !isPrivate[block] else { return }
    let start = arena.next()
    memcpy(start, bases[block] - headerBytes, blockBytes)
    bases[block] = UnsafeRawPointer(start + headerBytes)
    isPrivate[block] = true
  }

  /// The writable row of `slot`.
  /// - Precondition: its block is private.
  package func mutableRow(_ slot: UInt32) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(mutating: table.row(slot))
  }

  /// The numbers of the private blocks, ascending.
  package var privateBlocks: [Int] { isPrivate.indices.filter { isPrivate[$0] } }

  /// The whole of `block`, header first.
  package func bytes(ofBlock block: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bases[block] - headerBytes, count: blockBytes)
  }

  /// The writable whole of a private `block`, header first.
  package func mutableBytes(ofBlock block: Int) -> UnsafeMutableRawBufferPointer {
    precondition(isPrivate[block], "a shared block cannot be written")
    return UnsafeMutableRawBufferPointer(
      start: UnsafeMutableRawPointer(mutating: bases[block] - headerBytes), count: blockBytes)
  }
}

/// Memory for blocks in large pieces, with row 0 of each block on a cache line, on huge pages where the system
/// has them (random access over plain pages loses 10 to 40 % to address translation).
private final class Arena {
  private static let pieceBytes = 32 << 20
  private static let pageBytes = 2 << 20
  private let strideBytes: Int
  private let firstOffset: Int
  private var pieces: [UnsafeMutableRawPointer] = []
  private var used = Arena.pieceBytes
  private var pieceCapacity = Arena.pieceBytes

  init(blockBytes: Int, headerBytes: Int) {
    strideBytes = (blockBytes + 63) & ~63
    firstOffset = (64 - headerBytes % 64) % 64
  }

  deinit { for piece in pieces { free(piece) } }

  func next() -> UnsafeMutableRawPointer {
    if pieces.isEmpty || used + strideBytes + 64 > pieceCapacity { addPiece() }
    defer { used += strideBytes }
    return pieces[pieces.count - 1] + used
  }

  private func addPiece() {
    pieceCapacity = max(Arena.pieceBytes, (strideBytes + 64 + Arena.pageBytes - 1) & ~(Arena.pageBytes - 1))
    var piece: UnsafeMutableRawPointer?
    // A failed allocation ends the process as any Swift allocation does; sizes were checked against the file.
    guard posix_memalign(&piece, Arena.pageBytes, pieceCapacity) == 0, let piece else {
      fatalError("out of memory: \(pieceCapacity) bytes for index blocks")
    }
    #if os(Linux)
      madvise(piece, pieceCapacity, MADV_HUGEPAGE)
    #endif
    pieces.append(piece)
    used = firstOffset
  }
}
