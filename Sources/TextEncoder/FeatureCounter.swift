/// The distinct features of one text with their counts: an open-addressing table that forgets nothing.
struct FeatureCounter: ~Copyable {
  /// A feature, how often it occurred, and its share in its word (see `TextFeatures`).
  struct Slot {
    var key: UInt64
    var count: UInt32
    var share: Float
  }

  private var slots: UnsafeMutablePointer<Slot>
  private var capacity: Int
  private(set) var count = 0

  init() {
    capacity = 512
    slots = Self.allocate(capacity)
  }

  deinit { slots.deallocate() }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: capacity)
    slots.initialize(repeating: Slot(key: 0, count: 0, share: 0), count: capacity)
    return slots
  }

  /// Counts one occurrence of `key`. O(1) amortised.
  @inline(__always)
  mutating func add(_ key: FeatureKey, share: Float) {
    if count &* 2 >= capacity { grow() }
    let index = place(of: key.value)
    if slots[index].count == 0 {
      slots[index] = Slot(key: key.value, count: 1, share: share)
      count &+= 1
    } else {
      slots[index].count &+= 1
    }
  }

  /// Calls `body` with every feature, in an order that depends on the features alone.
  @inline(__always)
  borrowing func forEach(_ body: (Slot) -> Void) {
    for index in 0..<capacity where slots[index].count != 0 { body(slots[index]) }
  }

  @inline(__always)
  private func place(of key: UInt64) -> Int {
    var index = Int(truncatingIfNeeded: key &>> 20) & (capacity &- 1)
    while slots[index].count != 0, slots[index].key != key { index = (index &+ 1) & (capacity &- 1) }
    return index
  }

  @inline(never)
  private mutating func grow() {
    let old = slots
    let oldCapacity = capacity
    capacity *= 2
    slots = Self.allocate(capacity)
    for index in 0..<oldCapacity where old[index].count != 0 { slots[place(of: old[index].key)] = old[index] }
    old.deallocate()
  }
}
