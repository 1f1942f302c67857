import Basics
import TestSupport
import Testing

@testable import Kindred
@testable import Recommending

/// Items that come after a training whose held-out events were enough to calibrate their scores by.
@Suite struct CalibratedItemsTests {
  private static let itemCount = 240
  private static let userCount = 400
  private static let dimension = 24
  /// When events of new items begin.
  private static let opening = Timestamp(milliseconds: 10_000_000)
  private let directory: TemporaryDirectory
  private let store: Store
  private static let images: [[Float]] = {
    var generator = SeededGenerator(seed: 3)
    return (0..<itemCount).map { _ in (0..<dimension).map { _ in Float(generator.nextGaussian()) } }
  }()
  /// The items of each item that are most like it, the nearest first.
  private static let nearest: [[Int]] = images.map { image in
    let likenesses = images.map { other in zip(image, other).reduce(0) { $0 + $1.0 * $1.1 } }
    return images.indices.filter { images[$0] != image }.sorted { likenesses[$0] > likenesses[$1] }
  }

  /// A shop whose users go from an item to one that looks like it. New items have events after the opening only.
  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    var generator = SeededGenerator(seed: 4)
    let numbers = 0..<Self.itemCount
    try store.createSpace(
      SpaceConfiguration(name: "image", of: .items, dimension: Self.dimension, metric: .cosine))
    try store.upsert(
      numbers.map { Item(id: Self.id($0)) })
    try store.upsert("image", ids: numbers.map(Self.id), vectors: Self.images.flatMap { $0 })
    try store.write { transaction in
      for user in 0..<Self.userCount {
        var item = (7 * user) % Self.itemCount
        for step in 0..<10 {
          let isOpen = step >= 7
          let next = Self.nearest[item].lazy.filter { isOpen || !Self.isNew($0) }.prefix(8)
          item = Array(next)[Int(generator.next() % 8)]
          try transaction.append(
            Event(
              user: "u\(user)", item: Self.id(item),
              time: Timestamp(
                milliseconds: (isOpen ? Self.opening.milliseconds : 0) + Int64(60_000 * step + user)),
              kind: "view"))
        }
      }
    }
  }

  private static func id(_ number: Int) -> String { "i\(number)" }
  private static func isNew(_ number: Int) -> Bool { number % 12 == 11 }
  private static func isNew(_ id: String) -> Bool { Int(id.dropFirst()).map { isNew($0) } ?? false }

  private func train(usesRules: Bool = true) throws {
    var options = SessionFixture.options(epochs: 12)
    options.before = Self.opening
    options.usesRules = usesRules
    try store.train(options)
    let scores = try #require(try calibration())
    #expect(scores.session >= 0 && scores.content > 0, "\(scores)")
  }

  private func calibration() throws -> NewItemCalibration? {
    try SessionManifest(decoding: try #require(try store.models().last).manifest).newItems
  }

  /// What is evaluated is what is served, new items included.
  @Test(arguments: [true, false]) func listsAreServedAsTheyAreEvaluated(usesRules: Bool) throws {
    try train(usesRules: usesRules)
    var options = EvaluateOptions(split: .time(Self.opening))
    options.keepsSeen = true
    let report = try store.evaluate(options)
    let exact = try #require(report.models.first { $0.name == "session" })
    let served = try #require(report.models.first { $0.name == "session, by the index" })
    for metric in ["NDCG@10", "HR@10", "coverage@10"] {
      let (expected, found) = (try #require(exact.metrics[metric]), try #require(served.metrics[metric]))
      #expect(abs(found - expected) < 0.002, "\(metric): evaluated \(expected), served \(found)")
    }
  }

  /// New items are shown after items that are like them, and do not crowd out the others.
  @Test func newItemsAreShownAmongTheOthers() throws {
    try train()
    var (found, places, new) = (0, 0, 0)
    for item in (0..<Self.itemCount).filter({ Self.isNew($0) }) {
      let history = Self.nearest[item].filter { !Self.isNew($0) }.prefix(3).map(Self.id)
      let list = try store.recommend(for: .session(history), options: .init(k: 12)).map(\.id)
      #expect(list.count == 12)
      places += list.count
      new += list.count { Self.isNew($0) }
      found += list.contains(Self.id(item)) ? 1 : 0
    }
    #expect(found >= 10 && new < places / 3, "\(found) of 20 found, \(new) of \(places) places")
  }

  /// min(k, matching), whichever of known and new items a filter leaves.
  @Test func filtersLeaveKnownOrNewItems() throws {
    try train()
    let new = (0..<Self.itemCount).filter(Self.isNew).map(Self.id)
    let cases: [(Filter, Int)] = [
      ("id in \(new)", 20), ("id not in \(new)", Self.itemCount - 20), ("id in ('i11','i12','i23')", 3),
    ]
    for (filter, expected) in cases {
      let found = try store.recommend(
        for: .session(["i0"]), options: .init(k: 1_000, filter: filter, keepsSeen: true))
      #expect(found.count == expected && Set(found.map(\.id)).count == expected, "\(filter)")
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score }, "\(filter)")
    }
  }

  /// Items that were withheld for the calibration are learned about in the end, also where held-out events are not.
  @Test(arguments: [true, false]) func withheldItemsAreLearned(learnsHeldOut: Bool) throws {
    var options = SessionFixture.options(epochs: 12)
    options.learnsHeldOut = learnsHeldOut
    try store.train(options)
    #expect(try calibration() != nil)
    var found = 0
    for item in 0..<Self.itemCount {
      let history = Self.nearest[item].prefix(3).map(Self.id)
      let list = try store.recommend(for: .session(history), options: .init(k: 12)).map(\.id)
      found += list.contains(Self.id(item)) ? 1 : 0
    }
    #expect(found > Self.itemCount * 2 / 3, "\(found)")
    // None is what a new item of the same content would be.
    let encoder = try store.read { try store.modelCache.model(1, $0.base) }
    try store.read { snapshot in
      let reader = try ContentReader(encoder.manifest.content, snapshot.base)
      for (number, ordinal) in encoder.items.enumerated() {
        let record = try #require(try snapshot.base.entity(at: ordinal, .items))
        let new = try #require(encoder.vector(of: record, content: try reader.content(of: ordinal)))
        let learned = encoder.vectors[(number * encoder.dimension)..<((number + 1) * encoder.dimension)]
        #expect(zip(new, learned).reduce(0) { $0 + $1.0 * $1.1 } < 0.9999, "\(record.id)")
      }
    }
  }

  /// The same seed gives the same calibration, with a checkpoint taken in between too.
  @Test func aResumedTrainingCalibratesAlike() throws {
    var options = SessionFixture.options(epochs: 4)
    options.threads = 1
    try store.train(options)
    let whole = try #require(try calibration())
    options.checkpoint = directory.file("checkpoint")
    #expect(throws: TestFailure.self) {
      try store.train(options, onEpoch: { if $0.epoch == 2 { throw TestFailure("stopped") } })
    }
    try store.train(options)
    #expect(try calibration() == whole)
  }
}
