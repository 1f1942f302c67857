import TestSupport
import Kindred
import Testing

/// The first example a newcomer types.
@Suite struct ReadmeExampleTests {
  /// The lines of README's "In Swift", with what it says they print. Change both together.
  @Test func readmeLinesPrintWhatTheReadmeSays() throws {
    let directory = try TemporaryDirectory()
    var printed: [(String, Float)] = []

    let store = try Store.create(at: directory.file("taste.kindred"))
    try store.createSpace(SpaceConfiguration(name: "taste", of: .items, dimension: 3, metric: .dot))
    try store.upsert("taste", ids: ["a", "b"], vectors: [0.7, 0.8, 0.9, 1.0, 1.1, 1.2])

    for user: [Float] in [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]] {
      for match in try store.query("taste", vector: user, options: QueryOptions(k: 2)) {
        printed.append((match.id, match.score))
      }
    }
    store.close()

    #expect(printed.map(\.0) == ["b", "a", "b", "a"])
    for (score, expected) in zip(printed.map(\.1), [0.68, 0.50, 1.67, 1.22] as [Float]) {
      #expect(abs(score - expected) < 1e-6)
    }
  }

  @Test func innerProductsOfTwoUsersWithTwoItems() throws {
    let directory = try TemporaryDirectory()
    let path = directory.file("shop.kindred")
    let store = try Store.create(at: path)
    try store.createSpace(SpaceConfiguration(name: "taste", of: .items, dimension: 3, metric: .dot))
    try store.createSpace(SpaceConfiguration(name: "people", of: .users, dimension: 3, metric: .dot))
    try store.upsert("taste", ids: ["1", "2"], vectors: [0.7, 0.8, 0.9, 1.0, 1.1, 1.2])
    try store.upsert("people", ids: ["ann", "bob"], vectors: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
    store.close()

    // What was stored is there when the file is opened again, before and after a graph is built.
    let opened = try Store.open(at: path)
    defer { opened.close() }
    for isBuilt in [false, true] {
      if isBuilt { try opened.rebuild() }
      let answers = try opened.read { snapshot in
        try ["ann", "bob"].map { user in
          let vector = try #require(try snapshot.vector("people", id: user))
          return try snapshot.query("taste", vector: vector, options: QueryOptions(k: 2))
        }
      }
      #expect(answers.map { $0.map(\.id) } == [["2", "1"], ["2", "1"]])
      for (score, expected) in zip(answers.flatMap { $0.map(\.score) }, [0.68, 0.50, 1.67, 1.22] as [Float]) {
        #expect(abs(score - expected) < 1e-6)
      }
      #expect(answers.allSatisfy { $0.allSatisfy { $0.distance == -$0.score } })
    }
  }
}
