/// The `k` nearest of the candidates offered so far, best first, ties by smaller id.
///
/// Two parallel sorted arrays in raw memory; inserting allocates nothing.
@usableFromInline package struct TopK: ~Copyable {
  @usableFromInline let distances: UnsafeMutablePointer<Float>
  @usableFromInline let ids: UnsafeMutablePointer<UInt32>

  /// The number of results wanted.
  @usableFromInline package let k: Int

  /// The number of results held, at most `k`.
  @usableFromInline package internal(set) var count: Int

  /// The largest distance held once there are `k` results, +infinity before: what is farther cannot enter.
  @usableFromInline package internal(set) var worst: Float

  /// An empty collection for `k` results; 0 takes none.
  package init(k: Int) {
    precondition(k >= 0, "TopK: k is negative")
    distances = .allocate(capacity: max(k, 1))
    ids = .allocate(capacity: max(k, 1))
    self.k = k
    count = 0
    worst = k == 0 ? -.infinity : .infinity
  }

  deinit {
    distances.deallocate()
    ids.deallocate()
  }

  /// Offers a candidate; true if it is now among the best `k`.
  ///
  /// NaN is never taken. The same id offered twice is held twice.
  /// - Complexity: O(1) for what is too far, else O(`k`) with a small constant (a binary search and a move).
  @inlinable @discardableResult
  package mutating func insert(distance: Float, id: UInt32) -> Bool {
    guard distance <= worst, k > 0 else { return false }
    if count == k, distance == worst, id >= ids[count - 1] { return false }
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) &>> 1
      let other = distances[middle]
      if other < distance || (other == distance && ids[middle] < id) {
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    // When full, the last one falls out.
    let moved = (count == k ? count &- 1 : count) &- low
    if moved > 0 {
      (distances + low + 1).update(from: distances + low, count: moved)
      (ids + low + 1).update(from: ids + low, count: moved)
    }
    distances[low] = distance
    ids[low] = id
    if count < k { count &+= 1 }
    if count == k { worst = distances[k &- 1] }
    return true
  }

  /// The ids as an array, best first.
  package func resultIDs() -> [UInt32] {
    Array(UnsafeBufferPointer(start: ids, count: count))
  }
}
