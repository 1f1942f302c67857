import Kindred
import Testing

/// `train` served whatever it had made, also a model that was held back for evaluation, and a nightly rebuild switched
/// to the newest model: who tried something out had it in the shop. Nobody had asked which model is to serve.
@Suite struct ServedModelTests {
  private func serving(_ store: Store) throws -> Int? { try store.read { try $0.servingModel() } }

  private func options(seed: UInt64, _ change: (inout TrainOptions) -> Void = { _ in }) -> TrainOptions {
    var options = SessionFixture.options(epochs: 2)
    options.serves = nil
    options.seed = seed
    change(&options)
    return options
  }

  @Test func aModelHeldBackForEvaluationIsNotServed() throws {
    let shop = try SessionFixture()
    let store = shop.store
    #expect(try !store.train(options(seed: 1) { $0.excludeLast = 2 }).isServing)
    #expect(try serving(store) == nil)
    #expect(try store.read { try $0.spaces() }.isEmpty)
    #expect(try store.train(options(seed: 2)).isServing)
    let before = try store.recommend(user: "u5")
    let spaces = try store.read { try $0.spaces() }
    #expect(try !store.train(options(seed: 3) { $0.before = Timestamp(milliseconds: 60_000_000) }).isServing)
    #expect(try !store.train(options(seed: 4) { $0.serves = false }).isServing)
    #expect(try store.read { try $0.spaces() } == spaces)
    #expect(try store.recommend(user: "u5") == before)
    #expect(try serving(store) == 2)
    // It is evaluated all the same, and the report says which one that was.
    let report = try store.evaluate(EvaluateOptions(split: .time(Timestamp(milliseconds: 60_000_000))))
    #expect(report.protocolSettings["model"] == "3, not served")
    #expect(report.models.first?.name == "session")
    // Unless asked for.
    let asked = options(seed: 5) {
      $0.excludeLast = 1
      $0.serves = true
    }
    #expect(try store.train(asked).isServing)
    #expect(try serving(store) == 5)
  }

  @Test func aRebuildKeepsTheModelThatServes() throws {
    let shop = try SessionFixture()
    let store = shop.store
    for seed in 1...3 { try store.train(options(seed: UInt64(seed))) }
    try store.rebuildFromSequences(model: 2)
    let before = try store.recommend(user: "u5")
    try store.rebuildFromSequences()
    #expect(try serving(store) == 2)
    #expect(try store.recommend(user: "u5") == before)
    // Where none serves it takes the newest.
    try store.write { try $0.dropSpace("session") }
    try store.rebuildFromSequences()
    #expect(try serving(store) == 3)
  }

  /// What is not served writes into no space, so it asks for none.
  @Test func aModelThatIsNotServedLeavesASpaceOfThatNameAlone() throws {
    let shop = try SessionFixture()
    try shop.store.createSpace(SpaceConfiguration(name: "session", of: .items, dimension: 2, metric: .l2))
    try shop.store.upsert("session", ids: ["i1"], vectors: [1, 2])
    #expect(try shop.store.train(options(seed: 1) { $0.serves = false }).version == 1)
    #expect(try shop.store.read { try $0.vector("session", id: "i1") } == [1, 2])
    #expect(code { try shop.store.rebuildFromSequences(model: 1) } == .unsupported)
  }

  @Test func aModelSaysWhatItLearnedFrom() throws {
    let shop = try SessionFixture(events: 9)
    let all = try #require(try shop.store.train(options(seed: 1)).source)
    #expect(all.users == SessionFixture.userCount && all.events == 9 * SessionFixture.userCount)
    #expect(
      all.oldest?.milliseconds == 0
        && all.newest.milliseconds == 1_000_000 * Int64(SessionFixture.userCount - 1) + 8 * 60_000)
    #expect(all.excludedLast == 0 && all.before == nil)
    let model = try shop.store.train(options(seed: 2) { $0.excludeLast = 3 })
    let source = try #require(model.source)
    #expect(source.users == SessionFixture.userCount && source.events == 6 * SessionFixture.userCount)
    #expect(source.excludedLast == 3)
    #expect(try #require(model.validationNDCG) > 0)
  }

  /// A training whose time was over within the first epoch stored a score of -1.
  @Test func aModelWithoutAFinishedEpochHasNoScore() throws {
    let shop = try SessionFixture()
    let model = try shop.store.train(options(seed: 1) { $0.minutes = 1e-9 })
    #expect(model.validationNDCG == nil)
    #expect(!model.manifest.contains("NDCG"))
  }
}
