/// In how many texts each feature occurs, counted in hashed buckets, so that common features weigh less.
package struct DocumentFrequencies: Sendable, Hashable {
  /// How many buckets there are. Features that share a bucket share its count.
  package static let bucketCount = 1 << 17

  /// Which features are counted.
  package let features: TextFeatures
  /// How many texts were added.
  package internal(set) var documentCount: UInt64 = 0
  /// Per bucket: the texts with one of its features.
  var counts: [UInt32]

  /// Makes frequencies of no texts.
  package init(features: TextFeatures = .standard) {
    self.features = features
    counts = [UInt32](repeating: 0, count: Self.bucketCount)
  }

  /// Counts the features of one text. O(length of `text`).
  package mutating func add(_ text: String) {
    var counter = FeatureCounter()
    features.collect(text, into: &counter)
    documentCount += 1
    counts.withUnsafeMutableBufferPointer { counts in
      counter.forEach { slot in
        let bucket = FeatureKey(value: slot.key).bucket
        if counts[bucket] != .max { counts[bucket] += 1 }
      }
    }
  }
}
