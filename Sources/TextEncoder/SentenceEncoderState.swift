import Basics
package import Tensors

/// What a store remembers of a text model: its folder and which model it is, not its weights.
///
/// The stored form: `KST1`, then as texts with their lengths as varints the folder, the fingerprint, the precision and
/// the prefixes of queries and of passages, the dimension (4 bytes, little-endian), and the checksum of all that
/// (8 bytes).
package struct SentenceEncoderState: Sendable, Hashable {
  private static let magic: [UInt8] = Array("KST1".utf8)

  /// Where the model lay last.
  package var folder: String
  /// See `SentenceEncoder.fingerprint`.
  package var fingerprint: String
  package var precision: WeightPrecision
  package var prefixes: TextPrefixes
  package var dimension: Int

  /// The state of an encoder that was read from a folder.
  package init(_ encoder: SentenceEncoder, folder: String) {
    self.folder = folder
    fingerprint = encoder.fingerprint
    precision = encoder.precision
    prefixes = encoder.prefixes
    dimension = encoder.dimension
  }

  /// The same for all models that make the same vectors of passages, wherever their folders lie.
  package var identity: String { "\(fingerprint):\(precision.rawValue):\(prefixes.passage)" }

  package func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(contentsOf: Self.magic)
    for text in [folder, fingerprint, precision.rawValue, prefixes.query, prefixes.passage] {
      writer.append(text)
    }
    writer.append(UInt32(dimension))
    writer.append(FeatureHash.checksum(writer.bytes))
    return writer.bytes
  }

  /// Reads what `encoded` wrote.
  /// - Throws: `ModelError` `.unsupported`, `.corrupted`.
  package init(decoding bytes: [UInt8]) throws(ModelError) {
    self = try ModelError.decoding("settings of the text model", bytes, Self.magic) {
      reader throws(RecordError) in try Self(&reader)
    }
  }

  private init(_ reader: inout ByteReader) throws(RecordError) {
    folder = try reader.readText()
    fingerprint = try reader.readText()
    let name = try reader.readText()
    guard let precision = WeightPrecision(rawValue: name) else { throw .invalid("a precision \"\(name)\"") }
    self.precision = precision
    prefixes = TextPrefixes(query: try reader.readText(), passage: try reader.readText())
    dimension = Int(try reader.read(UInt32.self))
    guard reader.remaining == 0 else { throw .invalid("\(reader.remaining) bytes too many") }
  }

  /// Reads the model again.
  /// - Parameter folder: the folder now; nil for the one it was in.
  /// - Throws: `InterchangeError` `.notFound` where the folder is gone, `ModelError` `.invalidSetting` where another
  ///   model is there now.
  package func encoder(in folder: String? = nil) throws -> SentenceEncoder {
    let place = folder ?? self.folder
    let encoder = try SentenceEncoder(
      folder: ModelFolder(place),
      .init(precision: precision, dimension: dimension, prefixes: prefixes))
    guard encoder.fingerprint == fingerprint else {
      throw ModelError(
        code: .invalidSetting,
        message:
          "the model in '\(place)' is not the one that the vectors were made by (\(encoder.fingerprint), not "
          + "\(fingerprint)); put that one back, or embed again with this one")
    }
    return encoder
  }
}
