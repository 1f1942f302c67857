/// A place in one space's graph: row `n` of its vectors and record `n` of its links.
///
/// Slots are dense from 0 and below 2³¹; the hot loops work on the raw value, everything else on this type.
package struct Slot: Hashable, Comparable, Sendable {
  package let rawValue: UInt32

  @inlinable package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  @inlinable package static func < (left: Slot, right: Slot) -> Bool { left.rawValue < right.rawValue }
}

/// Ends a list of links that is not full, and stands for "no slot" in loops.
@usableFromInline let noSlot: UInt32 = .max
