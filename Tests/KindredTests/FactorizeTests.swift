import TestSupport
import Kindred
import Synchronization
import Testing

/// Vectors of users and items from who took what, stored and searched.
@Suite struct FactorizeTests {
  /// Users of even number take things of one kind, the others of another; each leaves one out.
  private func shop(_ directory: TemporaryDirectory) throws -> Store {
    let store = try Store.testing(directory)
    try store.write { transaction in
      for user in 0..<40 {
        for item in 0..<8 where item != user / 2 % 8 {
          try transaction.append(
            Event(
              user: "u\(user)", item: "\(user % 2 == 0 ? "red" : "blue")\(item)",
              time: Timestamp(milliseconds: Int64(1_000_000 * user + 1_000 * item)), kind: "purchase"))
        }
      }
    }
    return store
  }

  private var options: FactorizeOptions {
    var options = FactorizeOptions()
    options.dimension = 4
    options.alpha = 10
    options.lambda = 0.5
    options.threads = 2
    return options
  }

  @Test func aUserFindsWhatOthersLikeThemTook() throws {
    let directory = try TemporaryDirectory()
    let store = try shop(directory)
    let report = try store.factorize("taste", options)
    #expect(report.items == 16 && report.users == 40)
    #expect(report.itemSpace == "taste" && report.userSpace == "taste-users")
    #expect(report.alpha == 10 && report.lambda == 0.5)
    for (user, kind) in [("u6", "red"), ("u7", "blue")] {
      let found = try store.read {
        try $0.query("taste", user: user, keepsSeen: true, options: .init(k: 8, effort: .exact))
      }
      let taken = Set(try #require(try store.read { try $0.sequence(user: user) }).map(\.item))
      let unseen = try store.read { try $0.query("taste", user: user, options: .init(k: 16)) }
      #expect(unseen.count == 16 - taken.count && taken.isDisjoint(with: unseen.map(\.id)))
      // The one that was left out too.
      #expect(Set(found.map(\.id)) == Set((0..<8).map { "\(kind)\($0)" }))
      let vector = try store.read { try $0.vector("taste", ofUser: user) }
      #expect(vector.count == 4)
      for match in found {
        let item = try #require(try store.read { try $0.vector("taste", id: match.id) })
        #expect(abs(zip(vector, item).reduce(0) { $0 + $1.0 * $1.1 } - match.score) < 1e-5)
      }
    }
    let like = try store.read { try $0.query("taste", like: "blue3", options: .init(k: 7)) }
    #expect(like.allSatisfy { $0.id.hasPrefix("blue") })
  }

  @Test func onceMoreReplacesBothSpaces() throws {
    let directory = try TemporaryDirectory()
    let store = try shop(directory)
    try store.factorize("taste", options)
    let before = try store.read { try $0.vector("taste", id: "red1") }
    try store.append(Event(user: "new", item: "red1"))
    var wider = options
    wider.dimension = 6
    let report = try store.factorize("taste", wider)
    #expect(report.users == 41)
    let spaces = try store.read { try $0.spaces() }
    #expect(spaces.map(\.configuration.dimension) == [6, 6])
    #expect(spaces.map(\.count) == [16, 41])
    #expect(try store.read { try $0.vector("taste", id: "red1") } != before)
    #expect(try store.read { try $0.query("taste", user: "new", options: .init(k: 1)) }.count == 1)
  }

  /// What is not given is chosen, and the same events give the same vectors.
  @Test func settingsAreChosenByHeldOutEvents() throws {
    let directory = try TemporaryDirectory()
    let store = try shop(directory)
    var free = FactorizeOptions()
    free.dimension = 4
    free.threads = 2
    let report = try store.factorize("taste", free)
    #expect([3, 20].contains(report.alpha) && [3, 30].contains(report.lambda))
    let vector = try store.read { try $0.vector("taste", id: "red1") }
    free.threads = 1
    try store.factorize("taste", free)
    #expect(try store.read { try $0.vector("taste", id: "red1") } == vector)
  }

  @Test func whatIsNotItsOwnIsLeftAlone() throws {
    let directory = try TemporaryDirectory()
    let store = try shop(directory)
    try store.createSpace(SpaceConfiguration(name: "mine", of: .items, dimension: 2, metric: .dot))
    try store.upsert("mine", ids: ["red1"], vectors: [1, 2])
    #expect(code { try store.factorize("mine", options) } == .unsupported)
    #expect(try store.read { try $0.vector("mine", id: "red1") } == [1, 2])
    try store.createSpace(SpaceConfiguration(name: "a-users", of: .items, dimension: 2, metric: .dot))
    #expect(code { try store.factorize("a", options) } == .unsupported)
    #expect(code { try store.embed("mine") } == .unsupported)
    try store.factorize("taste", options)
    #expect(code { try store.embed("taste") } == .unsupported)
    #expect(code { try store.read { try $0.query("taste", user: "nobody") } } == .recordNotFound)
    #expect(code { try store.read { try $0.query("mine", user: "u1") } } == .spaceNotFound)
  }

  /// While settings were chosen, more than a minute for a shop, the progress stood still at "tuning als 7 of 8".
  @Test func progressNamesTheFitAndItsIteration() throws {
    let directory = try TemporaryDirectory()
    let store = try shop(directory)
    let seen = Mutex<[Store.Progress]>([])
    let record: Store.ProgressHandler = { progress in seen.withLock { $0.append(progress) } }
    var free = FactorizeOptions()
    free.dimension = 4
    try store.factorize("taste", free, progress: record)
    var evaluation = EvaluateOptions()
    evaluation.baselines = ["als", "rules"]
    _ = try store.evaluate(evaluation, progress: record)
    let reports = seen.withLock { $0 }
    for stage in [
      "choosing alpha and lambda, fit 1 of 4, iteration", "choosing alpha and lambda, fit 4 of 4, iteration",
      "tuning als, fit 3 of 4, iteration", "fitting als",
    ] {
      let steps = reports.filter { $0.stage == stage }
      #expect(steps.map(\.completed) == Array(1...10) && steps.allSatisfy { $0.total == 10 }, "\(stage)")
    }
    #expect(reports.contains { $0.stage == "tuning rules" && $0.completed == 5 && $0.total == 6 })
  }

  @Test func badOptionsAreRefused() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    #expect(code { try store.factorize("taste", options) } == .notEnoughData)
    let wrong: [(inout FactorizeOptions) -> Void] = [
      { $0.dimension = 0 }, { $0.alpha = 0 }, { $0.lambda = .nan }, { $0.iterations = 0 }, { $0.threads = 0 },
    ]
    for change in wrong {
      var options = options
      change(&options)
      #expect(code { try store.factorize("taste", options) } == .invalidArgument)
    }
  }
}
