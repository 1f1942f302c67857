import Basics
import Dispatch
import Engine
import Interchange
import Platform
import Synchronization
import TestSupport
import Testing

@testable import Kindred

@Suite struct SessionModelsTests {
  private func answers(_ store: Store) throws -> [[Recommendation]] {
    try store.read {
      try $0.recommend(for: (0..<10).map { ["i\($0)", "i\($0 + 1)"] }.map { .session($0) }, threads: 1)
    }
  }

  @Test func theSameSeedGivesTheSameModel() throws {
    let found = try (0..<2).map { _ in
      let shop = try SessionFixture()
      try shop.store.train(SessionFixture.options(epochs: 4))
      return try answers(shop.store)
    }
    #expect(found[0] == found[1])
  }

  /// Versions are kept, listed, gone back to and deleted; their numbers are never used again.
  @Test func versions() throws {
    let shop = try SessionFixture()
    let store = shop.store
    let first = try store.train(SessionFixture.options(epochs: 5))
    let before = try answers(store)
    var second = SessionFixture.options(epochs: 6)
    second.seed = 2
    second.dimension = 32
    #expect(try store.train(second).version == 2)
    #expect(first.version == 1)
    #expect(try answers(store) != before)
    #expect(try store.read { try $0.models() }.map(\.isServing) == [false, true])
    try store.rebuildFromSequences(model: 1)
    #expect(try answers(store) == before)
    #expect(code { try store.deleteModel(1) } == .invalidArgument)
    try store.deleteModel(2)
    #expect(code { try store.deleteModel(2) } == .recordNotFound)
    #expect(code { try store.rebuildFromSequences(model: 2) } == .recordNotFound)
    #expect(try store.train(SessionFixture.options(epochs: 1)).version == 3)
    #expect(try store.verify().ok)
    #expect(try store.compact().bytesAfter > 0)
    #expect(try store.read { try $0.models() }.map(\.version) == [1, 3])
  }

  /// A training that was cut off goes on from its file with the losses of one that was not.
  @Test func checkpoints() throws {
    func losses(_ shop: SessionFixture, _ options: TrainOptions) throws -> [Double] {
      var losses: [Double] = []
      try shop.store.train(options, onEpoch: { losses.append($0.loss) })
      return losses
    }
    let shop = try SessionFixture()
    let straight = try losses(shop, SessionFixture.options(epochs: 6))
    let expected = try answers(shop.store)
    var options = SessionFixture.options(epochs: 3)
    options.checkpoint = shop.directory.file("training.safetensors")
    let first = try losses(shop, options)
    options.epochs = 6
    let second = try losses(shop, options)
    #expect(first + second == straight)
    #expect(try answers(shop.store) == expected)
    options.seed = 3
    #expect(code { try shop.store.train(options) } == .badInput)
    options.seed = 1
    try shop.store.append(Event(user: "u1", item: "i1"))
    #expect(code { try shop.store.train(options) } == .badInput)
    options.checkpoint = shop.store.path
    #expect(code { try shop.store.train(options) } == .alreadyExists)
  }

  /// A checkpoint whose epochs contradict each other, or that has no weights, ended the process.
  @Test(arguments: [("bestEpoch", "9"), ("bestEpoch", "-1"), ("epoch", "-1"), ("epoch", "0"), ("best", "")])
  func checkpointsThatContradictThemselvesAreRefused(name: String, value: String) throws {
    let shop = try SessionFixture()
    var options = SessionFixture.options(epochs: 2)
    let path = shop.directory.file("training.safetensors")
    options.checkpoint = path
    try shop.store.train(options)
    let good = try Safetensors(path: path)
    var bad = Safetensors(good.tensors.filter { $0.name != name })
    if name == "best" { bad = Safetensors(bad.tensors + [.init(name: name, shape: [0], values: [])]) }
    bad.metadata = good.metadata
    if name != "best" { bad.metadata[name] = value }
    try bad.write(to: path)
    #expect(code { try shop.store.train(options) } == .badInput)
    try good.write(to: path)
    try shop.store.train(options)
  }

  /// A space that names a model of another shape: its vectors were read past their ends.
  @Test func aSpaceOfAnotherShapeThanItsModelIsDamaged() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options(epochs: 1))
    try shop.store.dropSpace("session")
    try shop.store.createSpace(SpaceConfiguration(name: "session", of: .items, dimension: 3, metric: .cosine))
    try shop.store.upsert("session", ids: ["i1"], vectors: [1, 2, 3])
    _ = try shop.store.engine.write { try $0.space("session").setEncoder("session:1", state: []) }
    #expect(code { try shop.store.recommend(for: .session(["i1"])) } == .corrupted)
  }

  /// Users' vectors of another dimension than the items' were cut into more queries than there were users.
  @Test(arguments: [1, 2]) func usersOfAnotherDimensionAreRefused(users: Int) throws {
    let shop = try SessionFixture()
    let ids = (0..<users).map { "u\($0)" }
    for (name, kind, dimension) in [("books", RecordKind.items, 4), ("books-users", .users, 8)] {
      try shop.store.createSpace(
        SpaceConfiguration(name: name, of: kind, dimension: dimension, metric: .dot))
    }
    try shop.store.upsert("books", ids: ["i1"], vectors: [1, 2, 3, 4])
    try shop.store.upsert("books-users", ids: ids, vectors: [Float](repeating: 1, count: 8 * users))
    #expect(code { try shop.store.read { try $0.query("books", users: ids) } } == .dimensionMismatch)
    #expect(
      code { try shop.store.read { try $0.query("books", users: ids, keepsSeen: true) } }
        == .dimensionMismatch)
  }

  /// Weights go out and come back: another model with them answers as the one they are of, and what does not fit is
  /// refused.
  @Test func weightsGoOutAndComeBack() throws {
    let shop = try SessionFixture()
    // Rules stay those of the model that the new one is like.
    var options = SessionFixture.options(epochs: 4)
    options.usesRules = false
    try shop.store.train(options)
    let expected = try answers(shop.store)
    let path = shop.directory.file("model.safetensors")
    let ids = try shop.store.read { try $0.exportModel(1, to: path) }
    #expect(ids.count == SessionFixture.itemCount && Set(ids).count == ids.count)
    var other = options
    other.seed = 2
    try shop.store.train(other)
    #expect(try answers(shop.store) != expected)
    #expect(try shop.store.importModel(path, like: 2).version == 3)
    try shop.store.rebuildFromSequences(model: 3)
    #expect(try answers(shop.store) == expected)
    other.dimension = 16
    try shop.store.train(other)
    #expect(code { try shop.store.importModel(path, like: 4) } == .badInput)
    #expect(code { try shop.store.importModel(shop.store.path, like: 1) } == .badInput)
    for version in [9, -1, .max] {
      #expect(code { try shop.store.importModel(path, like: version) } == .recordNotFound)
      #expect(code { try shop.store.read { try $0.exportModel(version, to: path) } } == .recordNotFound)
      #expect(code { try shop.store.rebuildFromSequences(model: version) } == .recordNotFound)
    }
  }

  /// Ctrl-C during a training leaves the best so far in service; before there is any, nothing.
  @Test(arguments: [0, 2]) func aCancelledTrainingKeepsTheBest(after epochs: Int) async throws {
    let shop = try SessionFixture()
    let task = Task { () throws -> ModelInfo in
      if epochs == 0 { withUnsafeCurrentTask { $0?.cancel() } }
      return try shop.store.train(
        SessionFixture.options(),
        onEpoch: { if $0.epoch == epochs { withUnsafeCurrentTask { $0?.cancel() } } })
    }
    if epochs == 0 {
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(try await shop.store.read { try $0.models() }.isEmpty)
    } else {
      let model = try await task.value
      #expect(model.isServing)
      #expect(model.manifest.contains(#""epochs":2,"#))
      #expect(model.manifest.contains(#""rules":{"share":"#))
      #expect(try answers(shop.store)[0].first?.source == .session)
    }
  }

  @Test func tooLittleToLearnFrom() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    #expect(code { try store.train() } == .notEnoughData)
    try store.append(Event(user: "a", item: "x"))
    #expect(code { try store.train() } == .notEnoughData)
    var options = TrainOptions()
    options.dimension = 10
    #expect(code { try store.train(options) } == .invalidArgument)
    options.dimension = 18
    options.heads = 2
    #expect(
      storeError { try store.train(options) }?.message
        == "dimension must be a multiple of 4 (2 × heads); 18 is not")
  }

  /// A reader sees the spaces of items and users made by one model, whatever is flipped meanwhile.
  @Test func readersNeverSeeTwoModelsAtOnce() throws {
    let shop = try SessionFixture()
    let store = shop.store
    try store.train(SessionFixture.options(epochs: 2))
    var other = SessionFixture.options(epochs: 2)
    other.seed = 9
    try store.train(other)
    let seen = Mutex((mixed: 0, encoders: Set<String>()))
    let isDone = Atomic<Bool>(false)
    let group = DispatchGroup()
    let hasBegun = DispatchSemaphore(value: 0)
    DispatchQueue.global().async(group: group) {
      hasBegun.signal()
      while !isDone.load(ordering: .relaxed) {
        let names = try? store.read { snapshot in
          try ["session", "session-users"].map { try snapshot.space($0).encoder }
        }
        seen.withLock { seen in
          guard let names else { return seen.mixed += 1 }
          if Set(names).count > 1 { seen.mixed += 1 }
          seen.encoders.formUnion(names.compactMap { $0 })
        }
      }
    }
    hasBegun.wait()
    for round in 0..<12 { try store.rebuildFromSequences(model: 1 + round % 2) }
    isDone.store(true, ordering: .relaxed)
    group.wait()
    #expect(seen.withLock { $0.mixed } == 0)
    #expect(seen.withLock { $0.encoders } == ["session:1", "session:2"])
  }

  /// A child that encodes everything again is killed at random moments: the model that served goes on serving, or the
  /// new one does, and nothing is left between them.
  @Test func killedWhileItFlips() throws {
    let shop = try SessionFixture()
    try shop.store.train(SessionFixture.options(epochs: 2))
    var other = SessionFixture.options(epochs: 2)
    other.seed = 9
    try shop.store.train(other)
    let path = shop.store.path
    var expected: [Int: [[Recommendation]]] = [:]
    for version in [1, 2] {
      try shop.store.rebuildFromSequences(model: version)
      expected[version] = try answers(shop.store)
    }
    shop.store.close()
    var generator = SeededGenerator(seed: 61)
    var served: Set<Int> = []
    for round in 0..<16 {
      let child = try ChildProcess(store: path)
      #expect(try child.run("open").hasPrefix("ok"))
      for _ in 0..<4 { child.send("reencode \(Int.random(in: 1...2, using: &generator))") }
      for _ in 0..<Int.random(in: 0...2, using: &generator) { _ = try child.line() }
      usleep(UInt32.random(in: 0...40_000, using: &generator))
      try child.kill()
      let store = try Store.open(at: path, options: .testing)
      let serving = try #require(try store.read { try $0.models() }.first { $0.isServing }?.version)
      served.insert(serving)
      #expect(try answers(store) == expected[serving], "\(generator), round \(round)")
      if round % 4 == 3 { #expect(try store.verify().problems == []) }
      store.close()
    }
    #expect(served == [1, 2])
  }
}
