import Basics

/// The stored form: `KDF1`, shortest and longest n-gram (1 byte each), document count (8 bytes, little-endian),
/// number of entries (4 bytes), entries (gap to the previous non-empty bucket as a varint, level as 1 byte), and
/// the checksum of all that (8 bytes).
extension DocumentFrequencies {
  private static let magic: [UInt8] = Array("KDF1".utf8)

  /// The frequencies as bytes, at most about 260 KB.
  ///
  /// Counts of 16 and more are rounded by up to 6 %: a store needs their logarithm only. Decoding and encoding
  /// again gives the same bytes. O(buckets).
  package func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.append(contentsOf: Self.magic)
    writer.append(UInt8(features.minimumGram))
    writer.append(UInt8(features.maximumGram))
    writer.append(documentCount)
    writer.append(UInt32(counts.count { $0 != 0 }))
    var expected = 0
    for (bucket, count) in counts.enumerated() where count != 0 {
      writer.append(varint: bucket - expected)
      writer.append(FrequencyLevel(count: count).code)
      expected = bucket + 1
    }
    writer.append(FeatureHash.checksum(writer.bytes))
    return writer.bytes
  }

  /// Reads what `encode` wrote.
  /// - Throws: `ModelError` `.unsupported` for another kind of bytes, `.corrupted` for damaged ones.
  package init(decoding bytes: [UInt8]) throws(ModelError) {
    self = try ModelError.decoding("document frequencies", bytes, Self.magic) {
      reader throws(RecordError) in try DocumentFrequencies(&reader)
    }
  }

  private init(_ reader: inout ByteReader) throws(RecordError) {
    let (minimumGram, maximumGram) = (try reader.read(UInt8.self), try reader.read(UInt8.self))
    do throws(ModelError) {
      self.init(features: try TextFeatures(minimumGram: Int(minimumGram), maximumGram: Int(maximumGram)))
    } catch { throw .invalid(error.message) }
    documentCount = try reader.read(UInt64.self)
    let entryCount = try reader.read(UInt32.self)
    guard entryCount <= UInt32(Self.bucketCount) else {
      throw .invalid("\(entryCount) entries where at most \(Self.bucketCount) are possible")
    }
    var next = 0
    for _ in 0..<entryCount {
      let gap = try reader.readVarint()
      guard gap >= 0, gap < Self.bucketCount - next else {
        throw .invalid("a bucket beyond the last one, \(Self.bucketCount - 1)")
      }
      guard let level = FrequencyLevel(code: try reader.read(UInt8.self)), level.code != 0 else {
        throw .invalid("a level beyond the highest one, \(FrequencyLevel.highestCode)")
      }
      counts[next + gap] = level.count
      next += gap + 1
    }
    guard reader.remaining == 0 else { throw .invalid("\(reader.remaining) bytes too many") }
  }
}

/// A count in one byte: exact below 16, then eight steps per doubling.
struct FrequencyLevel {
  static let highestCode: UInt8 = 239

  let code: UInt8

  /// The level of `count`.
  init(count: UInt32) {
    guard count >= 16 else {
      code = UInt8(count)
      return
    }
    let exponent = 31 - count.leadingZeroBitCount
    let step = Int(count >> UInt32(exponent - 3)) & 7
    code = UInt8(16 + (exponent - 4) * 8 + step)
  }

  /// The level `code`, if there is one.
  init?(code: UInt8) {
    guard code <= Self.highestCode else { return nil }
    self.code = code
  }

  /// The count that stands for the level: the middle of its range.
  var count: UInt32 {
    guard code >= 16 else { return UInt32(code) }
    let shift = UInt32(code - 16) / 8 + 1
    let step = UInt32(code - 16) % 8
    return (8 + step) << shift + (1 << shift) / 2
  }
}
