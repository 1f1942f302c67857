import Basics
import Kindred
import TestSupport
import Testing

/// Models that learn from vectors of items in other spaces, and what becomes of items that come after the training.
@Suite struct ContentModelTests {
  private static let groups = 10
  private let shop: SessionFixture
  private var store: Store { shop.store }

  /// A shop whose items have images: near those of their group of three.
  init() throws {
    shop = try SessionFixture()
    let items = 0..<SessionFixture.itemCount
    try shop.store.upsert(items.map { Item(id: "i\($0)") })
    try shop.store.createSpace(
      SpaceConfiguration(name: "image", of: .items, dimension: Self.groups, metric: .cosine))
    try shop.store.upsert("image", ids: items.map { "i\($0)" }, vectors: items.flatMap { Self.image($0 / 3) })
  }

  private static func image(_ group: Int) -> [Float] {
    (0..<groups).map { $0 == group ? 1 : $0 == (group + 1) % groups ? 0.3 : 0 }
  }

  private func train(_ spaces: [String]? = nil) throws {
    var options = SessionFixture.options(epochs: 60)
    options.contentSpaces = spaces
    try store.train(options)
  }

  private func hasVector(_ id: String) throws -> Bool {
    try store.read { try $0.vector("session", id: id) } != nil
  }

  /// Nothing is known of the item but its image; it is where its group is in the next read.
  @Test(arguments: [true, false]) func anItemIsKnownByItsImageAtOnce(isOneTransaction: Bool) throws {
    try train()
    if isOneTransaction {
      try store.write { transaction in
        try transaction.upsert(Item(id: "new"))
        try transaction.upsert("image", ids: ["new"], vectors: Self.image(2))
      }
    } else {
      try store.upsert([Item(id: "new")])
      #expect(try !hasVector("new"))
      try store.upsert("image", ids: ["new"], vectors: Self.image(2))
    }
    let nearest = try store.read { try $0.query("session", like: "new", options: .init(k: 4)) }
    #expect(!Set(nearest.map(\.id)).isDisjoint(with: ["i6", "i7", "i8"]), "\(nearest)")
    let found = try store.recommend(for: .session(["i4", "i5"]), options: .init(k: 10))
    #expect(found.contains { $0.id == "new" }, "\(found.map(\.id))")
    // What follows a new item is asked with its vector.
    let after = try store.recommend(for: .session(["new"]), options: .init(k: 5))
    #expect(after.allSatisfy { $0.source == .content })
    #expect(!Set(after.map(\.id)).isDisjoint(with: (6...10).map { "i\($0)" }), "\(after.map(\.id))")
    // Made again from the start, it is the same vector.
    let before = try store.read { try $0.vector("session", id: "new") }
    try store.rebuildFromSequences()
    #expect(try store.read { try $0.vector("session", id: "new") } == before)
    #expect(try store.verify().ok)
  }

  @Test func aVectorFollowsItsImage() throws {
    try train()
    try store.upsert("image", ids: ["new"], vectors: Self.image(2))
    let before = try #require(try store.read { try $0.vector("session", id: "new") })
    try store.upsert("image", ids: ["new"], vectors: Self.image(7))
    #expect(try store.read { try $0.vector("session", id: "new") } != before)
    // One that was learned stays as it was learned.
    let learned = try #require(try store.read { try $0.vector("session", id: "i1") })
    try store.upsert("image", ids: ["i1"], vectors: Self.image(7))
    #expect(try store.read { try $0.vector("session", id: "i1") } == learned)
    try store.dropSpace("image")
    try store.upsert([Item(id: "other")])
    #expect(try hasVector("new") && !hasVector("other"))
  }

  /// Many vectors are built into a graph at once, past the transaction of a single one.
  @Test func manyNewImagesAreKnownToo() throws {
    try train()
    let count = 5_000
    var bytes: [UInt8] = []
    for number in 0..<count {
      let numbers = [UInt32(Self.groups)] + Self.image(number % Self.groups).map(\.bitPattern)
      for number in numbers { withUnsafeBytes(of: number) { bytes += $0 } }
    }
    let file = try shop.directory.write(bytes, to: "images.fvecs")
    let names = (0..<count).map { "new\($0)" }.joined(separator: "\n")
    let ids = try shop.directory.write(names, to: "ids.txt")
    #expect(try store.upsert("image", from: file, ids: ids).stored == count)
    #expect(try store.read { try $0.space("session").count } == SessionFixture.itemCount + count)
    let nearest = try store.read {
      try $0.query("session", like: "i7", options: .init(k: 3, filter: "id in ('new2','new5')"))
    }
    #expect(nearest.first?.id == "new2", "\(nearest)")
  }

  /// What an encoder or a training makes is not mixed with vectors of anybody else.
  @Test func spacesOfOthersAreNotWrittenTo() throws {
    try train()
    _ = try store.embed("words")
    for name in ["session", "words"] {
      let dimension = try store.read { try $0.space(name).configuration.dimension }
      let vector = [Float](repeating: 1, count: dimension)
      let error = #expect(throws: StoreError.self) { try store.upsert(name, ids: ["i1"], vectors: vector) }
      #expect(error?.code == .unsupported)
    }
  }

  /// A session that is followed event by event reads new items too.
  @Test func liveSessionsReadNewItems() throws {
    try train()
    try store.upsert("image", ids: ["new"], vectors: Self.image(2))
    let live = try store.liveSession()
    #expect(try live.append("i5", time: Timestamp(milliseconds: 0)))
    #expect(try live.append("new", time: Timestamp(milliseconds: 60_000)))
    #expect(live.count == 2)
    let sequence = [("i5", 0), ("new", 60_000)].map {
      Event(user: "u", item: $0.0, time: Timestamp(milliseconds: Int64($0.1)), kind: "view")
    }
    let whole = try store.recommend(for: .events(sequence), options: .init(k: 5))
    let followed = try live.recommend(options: .init(k: 5))
    #expect(followed.map(\.id) == whole.map(\.id))
    #expect(zip(followed, whole).allSatisfy { abs($0.score - $1.score) < 1e-5 })
  }

  /// The vectors of a space of the same name that something else made are not taken for what was learned.
  @Test func contentOfAnotherMakerIsNotRead() throws {
    try train()
    try store.dropSpace("image")
    try store.createSpace(SpaceConfiguration(name: "image", of: .items, dimension: 3, metric: .cosine))
    try store.upsert("image", ids: ["new"], vectors: [1, 0, 0])
    #expect(try !hasVector("new"))
    #expect(try store.verify().ok)
  }

  /// A space that only newer items have vectors in is no content, and of two that are each counts apart.
  @Test func twoSourcesOfWhichOneIsOfNewItemsOnly() throws {
    for name in ["empty", "other"] {
      try store.createSpace(SpaceConfiguration(name: name, of: .items, dimension: 4, metric: .l2))
    }
    try store.upsert("empty", ids: ["newest"], vectors: [1, 2, 3, 4])
    let ids = (0..<SessionFixture.itemCount).filter { $0 % 2 == 0 }.map { "i\($0)" }
    try store.upsert("other", ids: ids, vectors: ids.indices.flatMap { [Float($0), 1, 2, 3] })
    try train()
    try store.upsert("image", ids: ["new"], vectors: Self.image(2))
    try store.upsert("other", ids: ["new"], vectors: [3, 1, 2, 3])
    #expect(try hasVector("new") && !hasVector("newest"))
    #expect(try store.recommend(for: .session(["i4", "new"]), options: .init(k: 5)).count == 5)
    #expect(try store.verify().ok)
  }

  /// min(k, matching) of known and new items, nothing that was seen, excluded or deleted, and pages that go on.
  @Test func listsOfKnownAndNewItemsKeepTheirPromises() throws {
    try train()
    let new = (0..<12).map { "new\($0)" }
    try store.upsert("image", ids: new, vectors: (0..<12).flatMap { Self.image($0 % Self.groups) })
    try store.upsert(new.map { Item(id: $0, attributes: ["price": 50]) })
    try store.delete(["new3"], kind: .items)
    func list(_ options: RecommendOptions) throws -> [String] {
      try store.recommend(for: .session(["i4", "new2", "i5"]), options: options).map(\.id)
    }
    let all = try list(.init(k: 100))
    #expect(all.count == SessionFixture.itemCount + 11 - 3 && Set(all).count == all.count)
    #expect(Set(all).isDisjoint(with: ["i4", "i5", "new2", "new3"]))
    #expect(try list(.init(k: 5, offset: 5)) == Array(try list(.init(k: 10))[5...]))
    let filtered = try list(
      .init(k: 100, filter: "price >= 20 or id like 'i2_'", excluding: ["new1", "i25"]))
    #expect(
      Set(filtered) == Set((20..<30).map { "i\($0)" } + new).subtracting(["new1", "new2", "new3", "i25"]))
  }

  @Test func spacesAreChosen() throws {
    try train([])
    try store.upsert("image", ids: ["new"], vectors: Self.image(2))
    #expect(try !hasVector("new"))
    for name in ["session", "session-users", "no such space"] {
      #expect(throws: StoreError.self) { try train([name]) }
    }
  }
}
