/// Turns text into a vector. Equal texts give equal vectors, bit for bit.
package protocol TextEncoding: Sendable {
  /// How many components a vector has.
  var dimension: Int { get }
  /// Writes the vector of `text`, of length 1, or all zero for a text without anything to encode.
  ///
  /// - Parameter vector: `dimension` components; what they held before does not matter.
  func encode(_ text: String, into vector: UnsafeMutablePointer<Float>)
}

extension TextEncoding {
  /// The vector of `text`: `dimension` components.
  package func encode(_ text: String) -> [Float] {
    [Float](unsafeUninitializedCapacity: dimension) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      base.initialize(repeating: 0, count: dimension)
      encode(text, into: base)
      count = dimension
    }
  }
}
