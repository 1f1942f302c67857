import Kindred
import TestSupport
import Testing

/// What holds of the Transformer holds of the other architectures: they are trained, stored, served and listed alike.
@Suite(.serialized) struct ArchitectureTests {
  private static let others: [TrainOptions.Architecture] = [.gru, .lstm, .masked]

  private func options(_ architecture: TrainOptions.Architecture, epochs: Int = 60) -> TrainOptions {
    var options = SessionFixture.options(epochs: epochs)
    options.architecture = architecture
    return options
  }

  private func answers(_ store: Store) throws -> [[Recommendation]] {
    try store.read {
      try $0.recommend(
        for: (0..<20).map { start in .session((0..<3).map { "i\((start + $0) % SessionFixture.itemCount)" })
        },
        threads: 1, options: .init(k: 3))
    }
  }

  @Test(arguments: others) func itIsLearnedStoredAndServed(_ architecture: TrainOptions.Architecture) throws {
    let shop = try SessionFixture()
    let model = try shop.store.train(options(architecture))
    #expect(model.architecture == architecture)
    #expect(model.layers == (architecture == .masked ? 2 : 1))
    let found = try answers(shop.store)
    let hits = (0..<20).count { found[$0].first?.id == "i\(($0 + 3) % SessionFixture.itemCount)" }
    #expect(hits >= 18)
    #expect(found.joined().allSatisfy { $0.source == .session })
    shop.store.close()
    let reopened = try Store.open(at: shop.store.path)
    defer { reopened.close() }
    #expect(try answers(reopened) == found)
    #expect(try reopened.read { try $0.models() }.map(\.architecture) == [architecture])
    try reopened.rebuildFromSequences(model: 1)
    #expect(try answers(reopened) == found)
    #expect(try reopened.verify().ok)
  }

  /// A followed session answers as the whole one does, also after its window was full.
  @Test(arguments: others) func aSessionIsFollowed(_ architecture: TrainOptions.Architecture) throws {
    let shop = try SessionFixture()
    var options = options(architecture, epochs: 5)
    options.maxLength = 6
    try shop.store.train(options)
    let live = try shop.store.liveSession()
    var session: [String] = []
    for step in 0..<10 {
      session.append("i\(step)")
      #expect(try live.append("i\(step)", time: Timestamp(milliseconds: 0)))
      let read = Array(session.suffix(live.count))
      let whole = try shop.store.recommend(for: .session(read), options: .init(k: 20))
        .filter { !session.contains($0.id) }
      let found = try live.recommend(options: .init(k: 4))
      #expect(found.map(\.id) == whole.prefix(4).map(\.id), "step \(step)")
    }
  }

  @Test(arguments: others) func itIsEvaluated(_ architecture: TrainOptions.Architecture) throws {
    let shop = try SessionFixture()
    var options = options(architecture)
    options.excludeLast = 1
    options.interests = 2
    try shop.store.train(options)
    let report = try shop.store.evaluate(EvaluateOptions(cutoffs: [10]))
    let model = try #require(report.models.first { $0.name == "session" })
    #expect(try #require(model.metrics["HR@10"]) > 0.8)
  }

  @Test func aCheckpointOfAnotherArchitectureIsRefused() throws {
    let shop = try SessionFixture()
    var options = options(.gru, epochs: 1)
    options.checkpoint = shop.directory.file("training.safetensors")
    try shop.store.train(options)
    options.architecture = .lstm
    #expect(code { try shop.store.train(options) } == .badInput)
    options.architecture = .gru
    options.epochs = 2
    #expect(try shop.store.train(options).version == 2)
  }
}
