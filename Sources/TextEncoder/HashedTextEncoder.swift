import Basics

/// Turns text into a vector by hashing: needs no model, knows no meaning, but finds shared words, word pairs and
/// parts of words, hence plurals, compounds and misspellings too.
///
/// Every feature (see `TextFeatures`) has a weight: that of its kind, times the inverse document frequency of its
/// bucket, times 1 + ln(occurrences). The hash gives it `spread` components and signs, and the sum is brought
/// to length 1. The cosine of two vectors then estimates the weighted overlap of the two texts' features.
/// Scripts written without spaces are taken character by character; accents and capitals do not count.
package struct HashedTextEncoder: TextEncoding {
  /// How a space remembers that an encoder of this kind made its vectors.
  package static let name = "hashed"

  /// The numbers the vectors depend on.
  package let settings: HashedTextSettings
  /// What was learned from texts; its counts are rounded as in the stored form.
  package let frequencies: DocumentFrequencies

  /// Per kind of feature and level of frequency: the weight. Index: kind · 256 + level.
  private let weights: [Float]
  /// Per bucket: the level of its frequency.
  private let levels: [UInt8]

  /// Makes an encoder. With frequencies of no texts all features of a kind weigh the same.
  /// - Throws: `ModelError` `.invalidSetting`.
  package init(
    settings: HashedTextSettings = HashedTextSettings(),
    frequencies: DocumentFrequencies = DocumentFrequencies()
  ) throws(ModelError) {
    try settings.validate()
    self.settings = settings
    var rounded = frequencies
    levels = frequencies.counts.map { FrequencyLevel(count: $0).code }
    // Rounded now, so that an encoder and its stored form give the same vectors bit for bit.
    for (bucket, code) in levels.enumerated() {
      rounded.counts[bucket] = FrequencyLevel(code: code)?.count ?? 0
    }
    self.frequencies = rounded
    weights = Self.weights(settings, documentCount: frequencies.documentCount)
  }

  package var dimension: Int { settings.dimension }

  /// Writes the vector of `text`. O(length of `text` + dimension); about 4 µs for a product title.
  package func encode(_ text: String, into vector: UnsafeMutablePointer<Float>) {
    vector.update(repeating: 0, count: dimension)
    var counter = FeatureCounter()
    frequencies.features.collect(text, into: &counter)
    let spread = settings.spread
    let scale = UInt64(dimension)
    weights.withUnsafeBufferPointer { weights in
      levels.withUnsafeBufferPointer { levels in
        counter.forEach { slot in
          let key = FeatureKey(value: slot.key)
          var weight = weights[key.kindIndex &<< 8 | Int(levels[key.bucket])] * slot.share
          if slot.count > 1 { weight *= Self.occurrenceFactor(slot.count) }
          var hash = key.value
          for _ in 0..<spread {
            hash = FeatureHash.finish(hash &+ 0x9E37_79B9_7F4A_7C15)
            // The upper half chooses the component by multiplication, which is even for any dimension.
            let component = Int(truncatingIfNeeded: ((hash &>> 32) &* scale) &>> 32)
            vector[component] += hash & 1 == 0 ? weight : -weight
          }
        }
      }
    }
    Self.normalize(vector, count: dimension)
  }

  /// The vector of `text`.
  package func encode(_ text: String) -> [Float] {
    [Float](unsafeUninitializedCapacity: dimension) { buffer, count in
      guard let base = buffer.baseAddress else { return }
      base.initialize(repeating: 0, count: dimension)
      encode(text, into: base)
      count = dimension
    }
  }

  /// As `TextEncoding` says; what a text is for makes no difference.
  package func encode(
    _ texts: [String], as role: TextRole, threads: Int, into vectors: UnsafeMutablePointer<Float>
  ) throws {
    // a place of its own for each text
    nonisolated(unsafe) let vectors = vectors
    try parallelFor(count: texts.count, threads: threads, chunk: 256) { _, range in
      try Task.checkCancellation()
      for index in range { encode(texts[index], into: vectors + index * dimension) }
    }
  }

  /// Brings a vector to length 1; leaves one of length 0 as it is.
  private static func normalize(_ vector: UnsafeMutablePointer<Float>, count: Int) {
    var sum: Double = 0
    for index in 0..<count { sum += Double(vector[index]) * Double(vector[index]) }
    guard sum > 0 else { return }
    let factor = Float(1 / sum.squareRoot())
    for index in 0..<count { vector[index] *= factor }
  }
}

extension HashedTextEncoder {
  private static func weights(_ settings: HashedTextSettings, documentCount: UInt64) -> [Float] {
    var weights = [Float](repeating: 0, count: FeatureKind.allCases.count * 256)
    for kind in FeatureKind.allCases {
      let kindWeight =
        switch kind {
        case .word: settings.wordWeight
        case .pair: settings.pairWeight
        case .gram: settings.gramWeight
        case .deletion: settings.deletionWeight
        }
      for code in 0...FrequencyLevel.highestCode {
        guard let level = FrequencyLevel(code: code) else { continue }
        let rarity = Self.rarity(count: level.count, documentCount: documentCount)
        let share = documentCount > 0 && level.count == 0 ? settings.unseenShare : 1
        weights[Int(kind.rawValue) << 8 | Int(code)] = kindWeight * Float(rarity) * share
      }
    }
    return weights
  }

  /// The inverse document frequency ln(1 + (N - n + ½) / (n + ½)), which stays above 0; 1 when nothing was learned.
  private static func rarity(count: UInt32, documentCount: UInt64) -> Double {
    guard documentCount > 0 else { return 1 }
    let documents = Double(documentCount)
    let containing = min(Double(count), documents)
    return StableLogarithm.natural(1 + (documents - containing + 0.5) / (containing + 0.5))
  }

  /// 1 + ln(occurrences).
  @inline(never)
  private static func occurrenceFactor(_ count: UInt32) -> Float {
    1 + Float(StableLogarithm.natural(Double(count)))
  }
}

/// The natural logarithm from basic operations only, which every machine rounds alike; the ones of the C
/// libraries differ in the last bit, and then the vectors of two machines would.
enum StableLogarithm {
  /// ln(`value`) for a finite `value` of at least 1, to about 1e-15.
  static func natural(_ value: Double) -> Double {
    let significand = value.significand
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var sum = 0.0
    for odd in stride(from: 31.0, through: 1, by: -2) { sum = sum * square + 1 / odd }
    return 2 * ratio * sum + Double(value.exponent) * 0.693147180559945309417232121458
  }
}
