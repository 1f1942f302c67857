/// The pieces of a vocabulary by their bytes: a tree whose links are in one open-addressing table.
struct PieceTrie: Sendable {
  /// The longest piece, in bytes: bounds what a match may read ahead, and so keeps matching linear.
  static let longestPieceBytes = 1_024
  /// Nodes are numbered in 24 bits.
  private static let largestNodeCount = 1 << 24
  /// The value of a node where no piece ends.
  static let none = UInt32.max

  /// Per link: the node it leaves (24 bits), its byte (8 bits) and the node it leads to (32 bits); 0 is free, since no
  /// link leads to the root.
  private var slots: [UInt64]
  /// What is left of a hash when it is a place: the table has 2 to the power of 64 minus this.
  private var shift: UInt64
  /// Per node: the token of the piece that ends there, or `none`.
  private var values: [UInt32] = [Self.none]
  /// The bytes of the longest piece.
  private(set) var longestCount = 0

  /// An empty tree, with memory for `byteCount` bytes of pieces.
  init(byteCount: Int = 0) {
    var bits: UInt64 = 8
    while 1 << bits < min(byteCount, Self.largestNodeCount) { bits += 1 }
    slots = [UInt64](repeating: 0, count: 1 << bits)
    shift = 64 - bits
    values.reserveCapacity(slots.count / 2)
  }

  /// Adds a piece.
  /// - Returns: False where the piece is there already, or too long, or the tree would become too large.
  mutating func insert(_ piece: UnsafeRawBufferPointer, token: UInt32) -> Bool {
    guard piece.count <= Self.longestPieceBytes, values.count + piece.count <= Self.largestNodeCount else {
      return false
    }
    var node: UInt32 = 0
    for byte in piece {
      let next = UInt32(values.count)
      node = slots.withUnsafeMutableBufferPointer { slots in
        let key = UInt64(node &<< 8 | UInt32(byte))
        var place = Self.place(key, shift)
        while slots[place] != 0, slots[place] &>> 32 != key { place = (place &+ 1) & (slots.count &- 1) }
        if slots[place] == 0 { slots[place] = key &<< 32 | UInt64(next) }
        return UInt32(truncatingIfNeeded: slots[place])
      }
      if node == next {
        values.append(Self.none)
        if values.count &* 2 > slots.count { grow() }
      }
    }
    guard values[Int(node)] == Self.none else { return false }
    values[Int(node)] = token
    longestCount = max(longestCount, piece.count)
    return true
  }

  @inline(__always)
  fileprivate static func place(_ key: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    shift -= 1
    for slot in old where slot != 0 {
      var place = Self.place(slot >> 32, shift)
      while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
      slots[place] = slot
    }
  }

  /// Lends the tree for reading, without checks of bounds, to `body`.
  @inline(__always)
  func withReader<R>(_ body: (Reader) -> R) -> R {
    slots.withUnsafeBufferPointer { slots in
      values.withUnsafeBufferPointer { values in
        body(Reader(slots: slots, mask: slots.count &- 1, shift: shift, values: values))
      }
    }
  }

  /// A tree that is read; valid during `withReader`.
  struct Reader {
    fileprivate let slots: UnsafeBufferPointer<UInt64>
    fileprivate let mask: Int
    fileprivate let shift: UInt64
    fileprivate let values: UnsafeBufferPointer<UInt32>

    /// The node that a byte leads to from `node`, or 0, which is the root.
    @inline(__always)
    func child(_ node: UInt32, _ byte: UInt8) -> UInt32 {
      let key = UInt64(node &<< 8 | UInt32(byte))
      var place = PieceTrie.place(key, shift)
      while true {
        let slot = slots[place]
        if slot &>> 32 == key { return UInt32(truncatingIfNeeded: slot) }
        if slot == 0 { return 0 }
        place = (place &+ 1) & mask
      }
    }

    /// The token of the piece that ends at a node, or `none`.
    @inline(__always)
    func token(_ node: UInt32) -> UInt32 { values[Int(node)] }

    /// The node that all of `bytes` lead to, or 0.
    func node(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
      var node: UInt32 = 0
      for byte in bytes {
        node = child(node, byte)
        if node == 0 { return 0 }
      }
      return node
    }
  }
}
