/// A number for each Unicode scalar, in blocks of 128 scalars of which equal ones are shared; 0 where nothing was set.
struct ScalarTable: Sendable {
  private static let blockBits: UInt32 = 7
  private static let blockCount = 0x11_0000 >> blockBits
  private static let blockMask: UInt32 = 127

  /// Per block of scalars: where its entries begin, in blocks.
  private var places: [UInt16]
  private var entries: [UInt32]
  /// The places of blocks that have one number throughout, by number; they are copied before a change.
  private var uniform: [UInt32: UInt16] = [0: 0]
  private var uniformPlaces: Set<UInt16> = [0]

  init() {
    places = [UInt16](repeating: 0, count: Self.blockCount)
    entries = [UInt32](repeating: 0, count: Int(Self.blockMask) + 1)
  }

  /// The number of a scalar, or 0 beyond U+10FFFF. O(1).
  @inline(__always)
  subscript(scalar: UInt32) -> UInt32 {
    let block = Int(truncatingIfNeeded: scalar >> Self.blockBits)
    guard block < places.count else { return 0 }
    return entries[Int(places[block]) &<< Int(Self.blockBits) | Int(scalar & Self.blockMask)]
  }

  /// Sets the number of one scalar.
  mutating func set(_ scalar: UInt32, _ value: UInt32) { set(scalar..<(scalar + 1), value) }

  /// Sets the number of all scalars of a range. O(1) per block that the range has whole.
  mutating func set(_ range: Range<UInt32>, _ value: UInt32) {
    var scalar = range.lowerBound
    while scalar < range.upperBound {
      let block = Int(scalar >> Self.blockBits)
      let end = min(range.upperBound, UInt32(block + 1) << Self.blockBits)
      if end - scalar == Self.blockMask + 1 {
        places[block] = uniformPlace(value)
      } else {
        let base = Int(ownPlace(of: block)) << Int(Self.blockBits)
        for index in scalar..<end { entries[base | Int(index & Self.blockMask)] = value }
      }
      scalar = end
    }
  }

  /// The place of a block that has `value` throughout.
  private mutating func uniformPlace(_ value: UInt32) -> UInt16 {
    if let place = uniform[value] { return place }
    let place = UInt16(entries.count >> Int(Self.blockBits))
    entries.append(contentsOf: repeatElement(value, count: Int(Self.blockMask) + 1))
    uniform[value] = place
    uniformPlaces.insert(place)
    return place
  }

  /// The place of a block that may be changed.
  private mutating func ownPlace(of block: Int) -> UInt16 {
    let place = places[block]
    guard uniformPlaces.contains(place) else { return place }
    let own = UInt16(entries.count >> Int(Self.blockBits))
    let base = Int(place) << Int(Self.blockBits)
    entries.append(contentsOf: entries[base...(base + Int(Self.blockMask))])
    places[block] = own
    return own
  }
}
