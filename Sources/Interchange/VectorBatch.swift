/// Some consecutive vectors with their ids.
package struct VectorBatch: Sendable {
  /// One per vector.
  package internal(set) var ids: [String] = []
  /// The length of each vector.
  package internal(set) var dimension: Int
  /// The vectors, concatenated: `ids.count * dimension` values.
  package internal(set) var values: [Float] = []
  /// The line of each vector, from 1, in JSON Lines; empty for the other formats.
  package internal(set) var lineNumbers: [Int] = []
  /// What JSON Lines say beside each vector; empty if no vector of the batch has attributes.
  package internal(set) var attributes: [JSONObject?] = []

  /// How many vectors there are.
  package var count: Int { ids.count }

  /// Calls `body` with vector `index`.
  package func withVector<R, E: Error>(
    _ index: Int, _ body: (UnsafeBufferPointer<Float>) throws(E) -> R
  ) throws(E) -> R {
    precondition(index >= 0 && index < count, "no such vector")
    let result = values.withUnsafeBufferPointer { all in
      Result { () throws(E) in
        try body(UnsafeBufferPointer(rebasing: all[index * dimension..<(index + 1) * dimension]))
      }
    }
    return try result.get()
  }
}
