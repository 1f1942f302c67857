import Engine

/// What is looked for, by examples of what it is like and of what it is not like.
public struct QueryExamples: Sendable, Hashable {
  /// What stands for a vector.
  public enum Example: Sendable, Hashable {
    /// The vector of a record, which is left out of the answer.
    case record(String)
    /// What the space's encoder makes of a text.
    case text(String)
    /// A vector of the space's dimension.
    case vector([Float])
    /// A user, as `FusedSubject.user`; what the user has had is left out of the answer.
    case user(String)
  }

  /// An example and its weight.
  public struct Weighted: Sendable, Hashable {
    /// The example.
    public var example: Example
    /// Its weight beside the others, above 0.
    public var weight: Double

    /// See the properties.
    public init(_ example: Example, weight: Double = 1) {
      self.example = example
      self.weight = weight
    }
  }

  /// How several examples make one answer. Both are those of Qdrant's recommendations
  /// (qdrant.tech/documentation/concepts/explore, read in November 2026), with weights.
  public enum Strategy: String, Sendable, Hashable, CaseIterable {
    /// One vector is looked for: the weighted mean of the examples, moved away from the mean of those it is not like by
    /// as much as lies between both (2 · like - unlike). It needs something that it is like.
    case average
    /// Each record is compared with every example. What is nearer to the nearest thing it should be like than to the
    /// nearest it should not has the score of that one, brought between 0 and 1 by s(x) = (x / (1 + |x|) + 1) / 2; any
    /// other the negative score of the one it should not be like. A score counts as much as its example weighs, of the
    /// heaviest one.
    case best
  }

  /// What the answer is to be like.
  public var like: [Weighted]
  /// What it is not to be like.
  public var unlike: [Weighted]
  /// How they make one answer.
  public var strategy: Strategy

  /// See the properties.
  public init(like: [Weighted] = [], unlike: [Weighted] = [], strategy: Strategy = .average) {
    self.like = like
    self.unlike = unlike
    self.strategy = strategy
  }

  /// By the ids of records.
  public init(like: [String], unlike: [String] = [], strategy: Strategy = .average) {
    self.init(
      like: like.map { Weighted(.record($0)) }, unlike: unlike.map { Weighted(.record($0)) },
      strategy: strategy)
  }
}

/// The vectors of examples in one space.
struct ExampleVectors {
  /// A vector, of unit length for cosine, and its weight.
  typealias Entry = (vector: [Float], weight: Double)
  var like: [Entry] = []
  var unlike: [Entry] = []

  /// What one vector stands for all; nil where there is none.
  var average: [Float]? {
    guard let like = Self.mean(of: like) else { return nil }
    guard let unlike = Self.mean(of: unlike) else { return like }
    return zip(like, unlike).map { 2 * $0 - $1 }
  }

  /// What a record scores by the nearest examples; see `QueryExamples.Strategy.best`.
  /// - Parameter score: of a vector beside the record's; larger is better.
  func best(_ score: ([Float]) -> Float) -> Float {
    let heaviest = (like + unlike).reduce(0) { max($0, $1.weight) }
    func best(_ entries: [Entry]) -> Float? {
      entries.map { entry in
        let value = score(entry.vector)
        return Float(entry.weight / heaviest) * (value / (1 + value.magnitude) + 1) / 2
      }.max()
    }
    guard let positive = best(like) else { return -(best(unlike) ?? 0) }
    guard let negative = best(unlike), negative >= positive else { return positive }
    return -negative
  }

  private static func mean(of entries: [Entry]) -> [Float]? {
    guard let first = entries.first else { return nil }
    let total = entries.reduce(0) { $0 + $1.weight }
    var mean = [Double](repeating: 0, count: first.vector.count)
    for entry in entries {
      for place in mean.indices { mean[place] += Double(entry.vector[place]) * entry.weight / total }
    }
    return mean.map { Float($0) }
  }
}
