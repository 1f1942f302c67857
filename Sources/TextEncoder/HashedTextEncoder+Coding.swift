/// The stored form: `KHT1`, dimension (4 bytes, little-endian), the five weights (4 bytes each), spread (1 byte),
/// the frequencies (see `DocumentFrequencies`), and the checksum of all that (8 bytes).
extension HashedTextEncoder {
  private static let magic: [UInt8] = Array("KHT1".utf8)

  /// What a store remembers beside the bytes of `encoded()`. O(size of the encoded form).
  package var manifest: TextEncoderManifest {
    TextEncoderManifest(
      name: name, version: Self.version, dimension: dimension, fingerprint: FeatureHash.checksum(encoded()))
  }

  /// The encoder as bytes, at most about 260 KB.
  package func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.append(fixed: UInt32(settings.dimension))
    for weight in [
      settings.wordWeight, settings.pairWeight, settings.gramWeight, settings.deletionWeight,
      settings.unseenShare,
    ] {
      writer.append(weight)
    }
    writer.append(UInt8(settings.spread))
    writer.append(frequencies.encode())
    writer.append(fixed: FeatureHash.checksum(writer.bytes))
    return writer.bytes
  }

  /// Makes the encoder again that wrote `bytes`; its vectors are the same bit for bit.
  /// - Throws: `ModelError` `.unsupported`, `.corrupted` or `.invalidSetting`.
  package init(decoding bytes: [UInt8]) throws(ModelError) {
    var reader = ByteReader(bytes, what: "settings of the text encoder")
    try reader.expect(Self.magic)
    try reader.expectChecksumAtEnd()
    var settings = HashedTextSettings()
    settings.dimension = Int(try reader.fixed(UInt32.self))
    settings.wordWeight = try reader.float()
    settings.pairWeight = try reader.float()
    settings.gramWeight = try reader.float()
    settings.deletionWeight = try reader.float()
    settings.unseenShare = try reader.float()
    settings.spread = Int(try reader.byte())
    let frequencies = try DocumentFrequencies(decoding: try reader.take(reader.remainingCount))
    try self.init(settings: settings, frequencies: frequencies)
  }

  /// Makes the encoder again and checks it against what was remembered beside it.
  /// - Throws: `ModelError` as `init(decoding:)`, and `.corrupted` when the two do not belong together.
  package init(manifest: TextEncoderManifest, bytes: [UInt8]) throws(ModelError) {
    try self.init(decoding: bytes)
    let found = self.manifest
    guard found == manifest else {
      throw ModelError(
        code: .corrupted,
        message: "The stored text encoder does not match its manifest: expected \(manifest), found \(found).")
    }
  }
}
