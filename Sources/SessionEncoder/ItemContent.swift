import Basics
import Tensors

/// Vectors of items from other spaces, such as those of their texts and images, one after the other: what a learned
/// projection turns into a part of their vectors.
package struct ItemContent: Sendable {
  /// Elements of an item's.
  package let width: Int
  /// [items, width]; zeros where an item has none.
  private let values: [Float]

  package init(width: Int, values: [Float]) {
    precondition(width > 0 && values.count % width == 0)
    self.width = width
    self.values = values
  }

  package var itemCount: Int { values.count / width }

  /// The elements of an item.
  package func row(_ item: Int) -> ArraySlice<Float> { values[(item * width)..<((item + 1) * width)] }

  /// The vector of an item; nil where it has none.
  package func vector(_ item: Int) -> [Float]? {
    let row = row(item)
    return row.contains { $0 != 0 } ? Array(row) : nil
  }

  /// A checksum of all numbers.
  package var checksum: UInt32 { values.withUnsafeBytes { crc32c($0) } }

  /// The vectors [items.count, width] of some items.
  func gather<R: TensorScalar>(_ items: some Collection<UInt32>, into target: UnsafeMutablePointer<R>) {
    values.withUnsafeBufferPointer { values in
      guard let start = values.baseAddress else { return }
      for (place, item) in items.enumerated() {
        R.convert(start + Int(item) * width, width, target + place * width)
      }
    }
  }
}
