/// What a text is to an encoder: some models encode questions otherwise than what answers them.
package enum TextRole: Sendable {
  /// What is looked for.
  case query
  /// What is to be found.
  case passage
}

/// Turns text into a vector. Equal texts of one role give equal vectors, whatever is encoded with them.
package protocol TextEncoding: Sendable {
  /// How many components a vector has.
  var dimension: Int { get }
  /// Writes the vectors of texts, each of length 1 unless the model does not normalise, or all zero for a text without
  /// anything to encode.
  ///
  /// - Parameters:
  ///   - threads: that work at once.
  ///   - vectors: [texts, `dimension`]; what they held before does not matter.
  /// - Throws: `CancellationError` when the task is cancelled.
  func encode(
    _ texts: [String], as role: TextRole, threads: Int, into vectors: UnsafeMutablePointer<Float>) throws
}

extension TextEncoding {
  /// The vector of `text`: `dimension` components.
  package func encode(_ text: String, as role: TextRole = .passage) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: dimension) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      base.initialize(repeating: 0, count: dimension)
      try encode([text], as: role, threads: 1, into: base)
      count = dimension
    }
  }
}
