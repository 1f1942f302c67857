import Basics

/// The stored form: `KHT1`, dimension (4 bytes, little-endian), the five weights (4 bytes each), spread (1 byte),
/// the frequencies (see `DocumentFrequencies`), and the checksum of all that (8 bytes).
extension HashedTextEncoder {
  private static let magic: [UInt8] = Array("KHT1".utf8)

  /// The encoder as bytes, at most about 260 KB.
  package func encoded() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(contentsOf: Self.magic)
    writer.append(UInt32(settings.dimension))
    for weight in [
      settings.wordWeight, settings.pairWeight, settings.gramWeight, settings.deletionWeight,
      settings.unseenShare,
    ] {
      writer.append(weight)
    }
    writer.append(UInt8(settings.spread))
    writer.append(contentsOf: frequencies.encode())
    writer.append(FeatureHash.checksum(writer.bytes))
    return writer.bytes
  }

  /// Makes the encoder again that wrote `bytes`; its vectors are the same bit for bit.
  /// - Throws: `ModelError` `.unsupported`, `.corrupted` or `.invalidSetting`.
  package init(decoding bytes: [UInt8]) throws(ModelError) {
    let (settings, frequencies) = try ModelError.decoding("settings of the text encoder", bytes, Self.magic) {
      reader throws(RecordError) in
      var settings = HashedTextSettings()
      settings.dimension = Int(try reader.read(UInt32.self))
      settings.wordWeight = try reader.readFloat()
      settings.pairWeight = try reader.readFloat()
      settings.gramWeight = try reader.readFloat()
      settings.deletionWeight = try reader.readFloat()
      settings.unseenShare = try reader.readFloat()
      settings.spread = Int(try reader.read(UInt8.self))
      return (settings, Array(try reader.readBytes(reader.remaining)))
    }
    try self.init(settings: settings, frequencies: try DocumentFrequencies(decoding: frequencies))
  }
}
