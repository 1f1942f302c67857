import Basics
import Engine
import Filters
import Records
import Testing
import VectorMath

/// min(k, matching) answers whatever is filtered, deleted or not yet merged.
@Suite struct QueryTests {
  private func makeStore(_ generator: inout SeededGenerator, count: Int = 800) throws -> TestStore {
    let store = try TestStore()
    try store.upsert(ids(0..<count), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    return store
  }

  /// The ordinals of items whose number passes.
  private func restriction(_ store: TestStore, where isAllowed: (Int) -> Bool) throws -> Restriction {
    try store.engine.read { snapshot in
      var allowed = Bitmap(count: Int(try snapshot.store().nextItem))
      for id in store.vectors.keys where isAllowed(number(id)) {
        if let ordinal = try snapshot.ordinal(of: id, .items) { allowed.insert(ordinal.rawValue) }
      }
      return Restriction(allowed: FilterMatches(allowed))
    }
  }

  private func number(_ id: String) -> Int { Int(id.dropFirst(5)) ?? -1 }

  @Test func aFilterNeverShortensTheAnswer() throws {
    var generator = SeededGenerator(seed: 231)
    let store = try makeStore(&generator)
    try store.upsert(ids(800..<850) + ids(0..<10), using: &generator)
    try store.delete(ids(20..<60))
    for divisor in [1, 2, 10, 100, 500, 10_000] {
      let isAllowed = { (number: Int) in number % divisor == 0 }
      let restriction = try restriction(store, where: isAllowed)
      let matching = store.vectors.keys.filter { isAllowed(number($0)) }.count
      var hits = 0
      var wanted = 0
      for _ in 0..<10 {
        let query = generator.nextVector(dimension: store.dimension)
        let truth = try store.truth(query, k: 10) { isAllowed(number($0)) }
        let found = try store.query(query, k: 10, effort: .beam(64), restriction: restriction).map(\.id)
        #expect(found.count == min(10, matching), "one in \(divisor), \(generator)")
        #expect(found.allSatisfy { isAllowed(number($0)) })
        hits += Set(found).intersection(truth).count
        wanted += truth.count
        #expect(
          try store.query(query, k: 10, effort: .exact, restriction: restriction).map(\.id) == truth,
          "\(generator)")
      }
      #expect(Double(hits) >= 0.95 * Double(wanted), "one in \(divisor): \(hits) of \(wanted), \(generator)")
    }
  }

  /// The walk of a search used to end in a beam full of deleted nodes when all those near the query had been deleted
  /// and not yet been merged away: it then returned nothing though most of the space was there.
  @Test func aDeletedNeighborhoodDoesNotEmptyTheAnswer() throws {
    var generator = SeededGenerator(seed: 232)
    let store = try TestStore(dimension: 8, efConstruction: 20)
    try store.upsert(ids(0..<2_500), using: &generator)
    try store.engine.rebuild(space: TestStore.space, threads: 2)
    let query = generator.nextVector(dimension: 8)
    try store.delete(try store.truth(query, k: 1_800))
    for (k, width) in [(1, 1), (5, 1), (10, 64)] {
      let found = try store.query(query, k: k, effort: .beam(width)).map(\.id)
      #expect(found.count == k, "k \(k), beam \(width), \(generator)")
      #expect(Set(found).isSubset(of: store.vectors.keys))
    }
  }

  @Test func moreThanThereAreGivesAll() throws {
    var generator = SeededGenerator(seed: 233)
    let store = try makeStore(&generator, count: 100)
    try store.upsert(ids(90..<120), using: &generator)
    try store.delete(ids(0..<30))
    for effort in [Effort.exact, .beam(1), .beam(64)] {
      let found = try store.query(generator.nextVector(dimension: 16), k: 500, effort: effort)
      #expect(Set(found.map(\.id)) == Set(store.vectors.keys), "\(effort), \(generator)")
    }
  }

  @Test func equalDistancesAreOrderedByID() throws {
    var generator = SeededGenerator(seed: 234)
    let store = try TestStore()
    let vector = generator.nextVector(dimension: 16)
    try store.upsert(ids(0..<12).shuffled(using: &generator).map { ($0, vector) })
    try store.engine.rebuild(space: TestStore.space, threads: 1)
    try store.upsert(ids(12..<24).shuffled(using: &generator).map { ($0, vector) })
    let sorted = store.vectors.keys.sorted()
    for k in [1, 5, 23, 24] {
      #expect(try store.query(vector, k: k, effort: .exact).map(\.id) == Array(sorted.prefix(k)))
      #expect(try store.query(vector, k: k, effort: .beam(64)).map(\.id) == Array(sorted.prefix(k)))
    }
  }

  @Test func oneCanBeLeftOut() throws {
    var generator = SeededGenerator(seed: 235)
    let store = try makeStore(&generator, count: 200)
    for id in ids(0..<10) {
      let vector = try #require(store.vectors[id])
      let ordinal = try #require(try store.engine.read { try $0.ordinal(of: id, .items) })
      let found = try store.query(
        vector, k: 5, effort: .beam(64), restriction: Restriction(excluded: [ordinal])
      )
      .map(\.id)
      #expect(try found == store.truth(vector, k: 5) { $0 != id }, "\(generator)")
    }
  }

  @Test func manyCanBeLeftOut() throws {
    var generator = SeededGenerator(seed: 236)
    let store = try makeStore(&generator, count: 400)
    let query = generator.nextVector(dimension: 16)
    let seen = Set(try store.truth(query, k: 150))
    let ordinals = try store.engine.read { snapshot in
      Set(try seen.compactMap { try snapshot.ordinal(of: $0, .items) })
    }
    for (k, count) in [(10, 10), (250, 250), (300, 250)] {
      let found = try store.query(
        query, k: k, effort: .beam(16), restriction: Restriction(excluded: ordinals)
      ).map(\.id)
      #expect(found.count == count, "\(generator)")
      #expect(seen.isDisjoint(with: found), "\(generator)")
    }
  }

  @Test func queriesFailByNameInAnUnknownSpace() throws {
    let store = try TestStore()
    #expect { try store.engine.read { _ = try $0.space("other") } } throws: { error in
      (error as? EngineError)?.code == .spaceNotFound && "\(error)".contains("\"vectors\"")
    }
  }
}
