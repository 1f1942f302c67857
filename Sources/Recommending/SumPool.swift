import Synchronization

/// Zeros that are kept, at least as many as are asked for.
final class SumPool: Sendable {
  private let free = Mutex<[[Float]]>([])

  func take(_ count: Int) -> [Float] {
    var sums = free.withLock { $0.popLast() } ?? []
    if sums.count < count { sums += repeatElement(0, count: count - sums.count) }
    return sums
  }

  /// Takes back what is all zeros again.
  func giveBack(_ sums: inout [Float]) {
    let zeros = sums
    sums = []
    free.withLock { $0.append(zeros) }
  }
}
