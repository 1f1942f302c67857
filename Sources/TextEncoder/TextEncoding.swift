/// Turns text into a vector. Equal texts give equal vectors, bit for bit.
package protocol TextEncoding: Sendable {
  /// The kind of encoder, such as `hashed`; part of the manifest.
  var name: String { get }
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

/// What a store remembers about an encoder, so that it can tell encoders apart and make one again.
package struct TextEncoderManifest: Hashable, Sendable, Codable {
  /// The kind of encoder.
  package var name: String
  /// The version of its algorithm: encoders of different versions give different vectors.
  package var version: Int
  /// How many components its vectors have.
  package var dimension: Int
  /// A hash of all that determines the vectors; equal for encoders that give equal vectors.
  package var fingerprint: UInt64

  /// Makes a manifest.
  package init(name: String, version: Int, dimension: Int, fingerprint: UInt64) {
    self.name = name
    self.version = version
    self.dimension = dimension
    self.fingerprint = fingerprint
  }
}
