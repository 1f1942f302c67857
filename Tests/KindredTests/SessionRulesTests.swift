import Basics
import Baselines
import Evaluation
import Platform
import Records
import SessionEncoder
import Testing
import Training
@testable import Kindred
@testable import Recommending

/// What items follow which, counted, mixed with what the encoder says.
@Suite struct SessionRulesTests {
  /// One epoch teaches an encoder little of a ring, and counting all of it.
  private func shop(learnsHeldOut: Bool = false) throws -> SessionFixture {
    let shop = try SessionFixture()
    var options = SessionFixture.options(epochs: 1, excludeLast: 1)
    options.learnsHeldOut = learnsHeldOut
    try shop.store.train(options)
    return shop
  }

  private func encoder(_ shop: SessionFixture, _ version: Int = 1) throws -> SessionEncoderModel {
    try shop.store.read { try shop.store.modelCache.model(version, $0.base) }
  }

  @Test func rulesHelpAnEncoderThatHasLearnedLittle() throws {
    let shop = try shop()
    let rules = try #require(try encoder(shop).rules)
    #expect(rules.share >= 0.5)
    for start in 0..<20 {
      let session = (0..<3).map { "i\((start + $0) % SessionFixture.itemCount)" }
      let found = try shop.store.recommend(for: .session(session), options: .init(k: 1, explains: true))
      #expect(found.first?.id == "i\((start + 3) % SessionFixture.itemCount)")
      #expect(found.first?.because.first?.id == session[2])
    }
    var options = EvaluateOptions()
    options.baselines = ["rules", "v-sknn"]
    let report = try shop.store.evaluate(options)
    #expect(
      report.models.map(\.name) == [
        "session", "session, encoder alone", "session, by the index", "rules", "v-sknn", "session + v-sknn",
      ])
    func ndcg(_ row: Int) throws -> Double {
      try #require(report.models[row].metrics["NDCG@10"])
    }
    #expect(try ndcg(0) > ndcg(1) + 0.2)
    #expect(try abs(ndcg(2) - ndcg(0)) < 0.02)
    var without = SessionFixture.options(epochs: 1, excludeLast: 1)
    without.usesRules = false
    try shop.store.train(without)
    #expect(try encoder(shop, 2).rules == nil)
  }

  /// What is recommended, and what is evaluated, is in the order of the exact blend of all items' probabilities, and
  /// the scores say it.
  @Test(arguments: [1, 3]) func answersAreTheExactBlend(interests: Int) throws {
    let shop = try SessionFixture()
    var options = SessionFixture.options(epochs: 3, excludeLast: 1)
    options.interests = interests
    try shop.store.train(options)
    let encoder = try encoder(shop)
    let rules = try #require(encoder.rules)
    let temperature = try #require(encoder.manifest.shape.temperature)
    let history: [UInt32] = [4, 5, 6, 9]
    var set = SequenceSet()
    set.append(
      items: history, kinds: encoder.manifest.kinds.isEmpty ? [] : [1, 1, 1, 1],
      gaps: encoder.manifest.shape.hasTimeGaps ? [0, 0, 0, 0] : [])
    let scorer = SessionScorer(encoder, set)
    let blend = BlendedScorer(scorer, HistoryScorer(rules.rules), share: rules.share)
    let evaluated = scorer.mixed(with: rules, items: encoder.items)
    let count = encoder.items.count
    let task = RankingTask(leavingOneOut: [history + [0]], itemCount: count, isKeepingSeen: true)
    var (logits, mixed) = ([Float](repeating: 0, count: count), [Float](repeating: 0, count: count))
    var raised = mixed
    scorer.addScores(task, 0..<1, to: &logits)
    blend.addScores(task, 0..<1, to: &mixed)
    evaluated.addScores(task, 0..<1, to: &raised)
    let found = try shop.store.read { snapshot in
      try snapshot.recommend(
        for: .session(try history.map { try snapshot.base.id(of: encoder.items[Int($0)], .items) }),
        options: .init(k: count, keepsSeen: true, effort: .exact))
    }
    #expect(found.count == count)
    let sum = logits.reduce(0) { $0 + exp(Double($1)) }
    for (place, one) in found.enumerated() {
      let number = try #require(
        try shop.store.read { try $0.base.ordinal(of: one.id, .items) }.flatMap { encoder.numbers[$0] })
      let expected = log(Double(mixed[Int(number)]) * sum / (1 - rules.share)) * temperature
      #expect(abs(Double(one.score) - expected) < 1e-4, "place \(place)")
      #expect(abs(Double(raised[Int(number)]) * temperature - expected) < 1e-4, "place \(place)")
      if place > 0 { #expect(found[place - 1].score >= one.score) }
    }
  }

  /// Filters, deleted items and what was seen go for items that only rules name.
  @Test func whatRulesNameIsFilteredToo() throws {
    let shop = try shop()
    let store = shop.store
    #expect(try store.recommend(for: .session(["i3"]), options: .init(k: 1)).first?.id == "i4")
    let even = try store.recommend(for: .session(["i3"]), options: .init(k: 5, filter: "even = false"))
    #expect(even.count == 5 && !even.contains { $0.id == "i4" || $0.id == "i3" })
    try store.delete(["i4"], kind: .items)
    let rest = try store.recommend(for: .session(["i3"]), options: .init(k: 30))
    #expect(rest.count == SessionFixture.itemCount - 2)
    #expect(!rest.contains { $0.id == "i4" || $0.id == "i3" })
  }

  @Test func aLiveSessionAnswersAsOneAtOnce() throws {
    let shop = try shop()
    let live = try shop.store.liveSession()
    for item in ["i7", "i8", "i9"] { try live.append(item) }
    let whole = try shop.store.recommend(for: .session(["i7", "i8", "i9"]), options: .init(k: 5))
    let found = try live.recommend(options: .init(k: 5))
    #expect(found.map(\.id) == whole.map(\.id))
    #expect(found.first?.id == "i10")
  }

  /// Of many items most are told by a sample: what that is off by is little beside what rules add.
  @Test func theSumOverManyItemsIsNear() throws {
    var shape = SessionConfiguration(itemCount: 6 * SessionMixture.sampleSize)
    shape.dimension = 16
    shape.temperature = 0.1
    let model = SessionModel(shape)
    var manifest = SessionManifest(
      shape: shape, recipe: TrainingConfiguration(), data: .init(), kinds: [], features: [],
      isRepeating: false)
    var table = SparseTable()
    for item in 0..<UInt32(shape.itemCount) { table.append(item == 0 ? [(5, 1), (6, 3), (7, 2)] : []) }
    let rules = SessionRules(share: 0.4, rules: SequentialRules(table, .init(), nil))
    manifest.rules = rules.description
    var contents = ModelContents(
      model, model.layout.initialValues(seed: 3), items: (0..<shape.itemCount).map { Ordinal(UInt32($0)) },
      popularity: [Float](repeating: 0, count: shape.itemCount))
    contents.rules = rules.rules
    let encoder = SessionEncoderModel(1, manifest, contents)
    var set = SequenceSet()
    set.append(items: [9, 0])
    let queries = encoder.encode(set.range(0), of: set)
    let all = encoder.scores(of: 0..<UInt32(shape.itemCount), by: queries)
    let sum = all.reduce(0) { $0 + exp(Double($1)) }
    let nearest = all.indices.sorted { all[$0] > all[$1] }.prefix(10).map { UInt32($0) }
    let mixture = SessionMixture(encoder, rules, queries: queries, history: [9, 0], nearest: nearest)
    #expect(mixture.items == [5, 6, 7])
    for (place, part) in [1.0 / 6, 3.0 / 6, 2.0 / 6].enumerated() {
      let own = Double(all[5 + place])
      let exact = log(exp(own) + 0.4 / 0.6 * part * sum)
      #expect(abs(Double(mixture.scores[place]) - exact) < 0.1)
    }
  }
}
