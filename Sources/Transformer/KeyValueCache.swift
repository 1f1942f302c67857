package import Tensors

/// The keys and values of a sequence's tokens so far, for one block: what later tokens attend to.
package final class KeyValueCache<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
  let width: Int
  /// Tokens so far.
  package private(set) var count = 0
  /// [capacity, 2 · width]: a token's keys, then its values.
  private var rows: UnsafeMutablePointer<R>
  private var capacity: Int

  package init(width: Int, capacity: Int) {
    self.width = width
    self.capacity = max(1, capacity)
    rows = .allocate(capacity: 2 * width * self.capacity)
  }

  deinit { rows.deallocate() }

  var keys: UnsafePointer<R> { UnsafePointer(rows) }
  var values: UnsafePointer<R> { UnsafePointer(rows + width) }

  package func removeAll() { count = 0 }

  /// Room for the keys and values of more tokens [more, 2 · width], to be filled.
  func append(_ more: Int) -> UnsafeMutablePointer<R> {
    if count + more > capacity {
      let larger = UnsafeMutablePointer<R>.allocate(capacity: 4 * width * (count + more))
      larger.update(from: rows, count: 2 * width * count)
      rows.deallocate()
      rows = larger
      capacity = 2 * (count + more)
    }
    defer { count += more }
    return rows + 2 * width * count
  }
}
