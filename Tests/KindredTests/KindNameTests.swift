import TestSupport
import Kindred
import Testing

/// Kinds of events are told apart by their bytes.
@Suite struct KindNameTests {
  /// What some users are recommended where every third event is of the second kind.
  private func answers(_ kinds: [String]) throws -> [[Recommendation]] {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    try store.write { transaction in
      for user in 0..<40 {
        for step in 0..<6 {
          try transaction.append(
            Event(
              user: "u\(user)", item: "i\((user + step) % 12)",
              time: Timestamp(milliseconds: Int64(1_000_000 * user + 60_000 * step)),
              kind: kinds[(user + step) % 3 == 0 ? 1 : 0]))
        }
      }
    }
    var options = TrainOptions()
    options.dimension = 16
    options.epochs = 2
    options.threads = 1
    try store.train(options)
    return try (0..<6).map { try store.recommend(user: "u\($0)", options: RecommendOptions(k: 5)) }
  }

  /// A model counted two kinds that look alike as two in training and took both for the first one when it served: what
  /// it answered was not what it had learned.
  @Test func kindsThatLookAlikeAreTwo() throws {
    #expect(try answers(["caf\u{E9}", "cafe\u{301}"]) == answers(["view", "buy"]))
  }
}
