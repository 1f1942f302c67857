import Basics
import TestSupport

/// What a power cut may leave of a disk.
enum PowerCut: String, CaseIterable {
  /// What was done before some moment, and nothing after it.
  case prefix
  /// Some of what was not synced is missing.
  case dropped
  /// And the rest was done in another order.
  case reordered
  /// Of each write some sectors are missing.
  case torn

  /// Draws an image: the files that are found when the power is back.
  func image(of disk: Disk, using generator: inout SeededGenerator) -> [String: [UInt8]] {
    var state = disk.certain
    for change in changes(disk.pending, using: &generator) { state.apply(change) }
    return state.files
  }

  /// Those of the changes that reach the disk, in the order in which they do.
  private func changes(_ pending: [Disk.Change], using generator: inout SeededGenerator) -> [Disk.Change] {
    if self == .prefix {
      let end = generator.below(pending.count + 1)
      return pending.enumerated().filter { $0.offset < end || $0.element.isDurable }.map(\.element)
    }
    let share = generator.pick([0.1, 0.5, 0.9])
    let sectorBytes = self == .torn ? generator.pick([512, 4_096]) : nil
    let ordered = self == .reordered ? Self.shuffled(pending, using: &generator) : pending
    return ordered.flatMap { change -> [Disk.Change] in
      guard !change.isDurable else { return [change] }
      guard case .bytes(let file, let offset, let bytes, _) = change else {
        return generator.nextUnit() < share ? [change] : []
      }
      var kept = Self.pieces(of: bytes, at: offset, sectorBytes).compactMap { place, piece in
        generator.nextUnit() < share
          ? Disk.Change.bytes(file: file, offset: place, piece, isDurable: false) : nil
      }
      // A file may have grown by a write whose bytes were lost.
      if generator.below(2) == 0 { kept.append(.minimumLength(file: file, offset + bytes.count)) }
      return kept
    }
  }

  /// A write as the disk takes it: sector by sector, or in one piece.
  private static func pieces(
    of bytes: ArraySlice<UInt8>, at offset: Int, _ sectorBytes: Int?
  ) -> [(Int, ArraySlice<UInt8>)] {
    guard let sectorBytes else { return [(offset, bytes)] }
    var pieces: [(Int, ArraySlice<UInt8>)] = []
    var (place, rest) = (offset, bytes)
    while !rest.isEmpty {
      let piece = rest.prefix(sectorBytes - place % sectorBytes)
      pieces.append((place, piece))
      place += piece.count
      rest = rest.dropFirst(piece.count)
    }
    return pieces
  }

  /// In any order, but what is durable before what was done after it.
  private static func shuffled(
    _ changes: [Disk.Change], using generator: inout SeededGenerator
  ) -> [Disk.Change] {
    changes.split(omittingEmptySubsequences: false) { $0.isDurable }.flatMap { group -> [Disk.Change] in
      let end = group.endIndex < changes.endIndex ? [changes[group.endIndex]] : []
      return group.shuffled(using: &generator) + end
    }
  }
}
