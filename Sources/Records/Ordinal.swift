/// Our own number of an item or a user: dense from 0, given once, never used again.
package struct Ordinal: Hashable, Comparable, Sendable {
  package let rawValue: UInt32
  package init(_ rawValue: UInt32) { self.rawValue = rawValue }
  package static func < (left: Ordinal, right: Ordinal) -> Bool { left.rawValue < right.rawValue }
}

/// Where the vector of an ordinal lies in one space: a slot of the graph, a row of the tail, or nowhere.
///
/// Stored as a `UInt32`: all ones for nowhere, bit 31 for the tail, the slot or sequence number below.
package enum Place: Equatable, Sendable {
  case none
  case graph(slot: UInt32)
  case tail(sequence: UInt32)

  package init(stored: UInt32) {
    if stored == .max {
      self = .none
    } else if stored >> 31 == 1 {
      self = .tail(sequence: stored & 0x7FFF_FFFF)
    } else {
      self = .graph(slot: stored)
    }
  }

  package var stored: UInt32 {
    switch self {
    case .none: .max
    case .graph(let slot): slot
    case .tail(let sequence): sequence | 1 << 31
    }
  }

  /// The last sequence number a tail may give; all ones would read as nowhere.
  package static let lastSequence: UInt32 = 0x7FFF_FFFE
}
