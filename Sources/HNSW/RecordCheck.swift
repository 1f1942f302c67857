import CKernels
import Platform

/// Verifies records of a table before their first use, each alone or with the piece of a block that it lies in.
///
/// It borrows what it counts with, so that copying it in a search costs nothing: the owner keeps that alive.
package struct RecordCheck: @unchecked Sendable {  // borrows atomic bits that the owner keeps alive
  /// What carries a checksum.
  package enum Unit: Sendable {
    case record
    /// `records` of a block, a power of two; a block has at most `perBlock` pieces.
    case piece(records: Int, perBlock: Int)
  }

  private unowned(unsafe) let touched: FirstTouch
  private let bits: UnsafeMutablePointer<UInt32>
  private let geometry: BlockGeometry
  private let piecesPerBlock: Int
  private let pieceShift: Int

  /// - Parameters:
  ///   - touched: counts slots, or pieces: those of block n begin at n · `perBlock`.
  ///   - geometry: how the records lie in blocks.
  package init(_ touched: FirstTouch, _ geometry: BlockGeometry, unit: Unit = .record) {
    self.touched = touched
    bits = touched.bits
    self.geometry = geometry
    switch unit {
    case .record: (piecesPerBlock, pieceShift) = (0, 0)
    case .piece(let records, let perBlock):
      precondition(records.nonzeroBitCount == 1, "a piece has a power of two of records")
      (piecesPerBlock, pieceShift) = (perBlock, records.trailingZeroBitCount)
    }
  }

  /// Whether the record of `slot` is as it was written.
  @inline(__always)
  package func isSound(_ slot: UInt32) -> Bool {
    var index = slot
    if piecesPerBlock > 0 {
      let block = geometry.block(of: slot)
      let place = Int(truncatingIfNeeded: slot) &- block &* geometry.rowsPerBlock
      index = UInt32(truncatingIfNeeded: block &* piecesPerBlock &+ (place &>> pieceShift))
    }
    return bits[Int(index >> 5)] & (1 << (index & 31)) != 0 || touched.check(index)
  }

  /// Whether all records of a block are as they were written, where it is checked in pieces.
  package func isSound(block: Int) -> Bool {
    // The last block may end before its rows do: there are checks for all of its pieces, but not for all rows.
    precondition(piecesPerBlock > 0, "rows are checked one by one")
    let first = block * geometry.rowsPerBlock
    return stride(from: first, to: first + geometry.rowsPerBlock, by: 1 << pieceShift).allSatisfy {
      isSound(UInt32(truncatingIfNeeded: $0))
    }
  }
}

/// Bytes that must be verified before they are first used, one bit each, shared by all searching threads.
///
/// Two threads may verify the same bytes at the same time; both come to the same result.
package final class FirstTouch: @unchecked Sendable {  // the bits are only changed by atomic operations
  @usableFromInline let bits: UnsafeMutablePointer<UInt32>
  private let wordCount: Int
  private let verify: @Sendable (UInt32) -> Bool

  /// - Parameters:
  ///   - count: how many things there are to verify.
  ///   - verify: whether the bytes of one are as they were written.
  package init(count: Int, verify: @escaping @Sendable (UInt32) -> Bool) {
    wordCount = (count + 31) / 32
    bits = allocateZeroed(max(1, wordCount))
    self.verify = verify
  }

  deinit { free(bits) }

  /// Whether the bytes of `index` are sound; verifies them at the first call.
  @inline(__always)
  package func isSound(_ index: UInt32) -> Bool {
    bits[Int(index >> 5)] & (1 << (index & 31)) != 0 || check(index)
  }

  @inline(never)
  func check(_ index: UInt32) -> Bool {
    guard verify(index) else { return false }
    kindred_atomic_fetch_or_u32(bits + Int(index >> 5), 1 << (index & 31))
    return true
  }
}
