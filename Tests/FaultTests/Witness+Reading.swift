import Basics
import Kindred
import TestSupport

extension Witness.Contents {
  /// What a store holds.
  /// - Parameter texts: the numbers of the texts that vectors may have been made from.
  /// - Throws: also for a value that no command wrote, such as a mixture of two.
  init(reading store: Store, texts: Set<Int>) throws {
    try store.read { snapshot in
      for space in try snapshot.spaces() {
        let name = space.configuration.name
        spaces[name] = Witness.Space(dimension: space.configuration.dimension, encoder: space.encoder)
        vectors[name] = [:]
        try snapshot.forEachVector(name) { id, vector in
          vectors[name]?[id] = try Self.number(of: vector, in: name)
        }
      }
      try snapshot.forEachRecord(.items) { item in
        // Long texts are there for their length.
        let text = item.text.flatMap { $0.utf8.count < 1_000 ? $0 : nil }
        items[item.id] = .init(number: item.attributes["number"]?.intValue ?? -1, text: text)
      }
      try snapshot.forEachRecord(.users) { users.insert($0.id) }
      try snapshot.forEachEvent { event in
        events[event.user, default: []].append("\(event.time.milliseconds) \(event.item)")
      }
      models = Set(try snapshot.models().map(\.version))
      guard try snapshot.servingModel() == servingModel else {
        throw TestFailure("the serving model is \(try snapshot.servingModel() ?? -1), not that of the space")
      }
      if spaces[Witness.titles]?.encoder != nil { try readTitles(snapshot, texts) }
    }
  }

  /// The number of the command that made a vector.
  private static func number(of vector: UnsafeBufferPointer<Float>, in space: String) throws -> Int {
    guard space == Witness.numbers || space == Witness.loads else { return 0 }
    let number = Int(vector[0]) + 2_048 * Int(vector[1])
    guard vector[3] == Float(number % 7) else {
      throw TestFailure("a vector of \(space) is no command's: \(Array(vector))")
    }
    return number
  }

  /// Of each embedded text the number, by asking for all texts that there may be.
  private mutating func readTitles(_ snapshot: borrowing Snapshot, _ texts: Set<Int>) throws {
    let ids = vectors[Witness.titles] ?? [:]
    for id in ids.keys { vectors[Witness.titles]?[id] = -1 }
    guard !ids.isEmpty else { return }
    for number in texts {
      let matches = try snapshot.query(
        Witness.titles, text: Witness.text(number), options: .init(k: ids.count, effort: .exact))
      for match in matches where match.score > 0.9999 { vectors[Witness.titles]?[match.id] = number }
    }
  }
}

extension Store {
  /// Asks every kind of question about what the store is known to hold.
  func ask(_ contents: Witness.Contents) throws {
    func require(_ holds: Bool, _ what: String) throws {
      if !holds { throw TestFailure(what) }
    }
    for (name, vectors) in contents.vectors {
      let dimension = contents.spaces[name]?.dimension ?? 0
      // Every vector is found, and no other.
      let query = [Float](repeating: 0.5, count: dimension)
      let exact = try self.query(name, vector: query, options: .init(k: 10_000, effort: .exact))
      try require(
        exact.count == vectors.count && exact.allSatisfy { vectors[$0.id] != nil },
        "an exact query of \(name) finds \(exact.count) of \(vectors.count)")
      let quick = try self.query(name, vector: query)
      try require(
        quick.count == min(10, vectors.count) && quick.allSatisfy { vectors[$0.id] != nil },
        "a query of \(name) finds \(quick.count) of \(vectors.count)")
    }
    for user in contents.events.keys.sorted().prefix(3) {
      let answer = try recommend(user: user)
      try require(
        !answer.isEmpty && answer.allSatisfy { contents.items[$0.id] != nil },
        "\(answer.count) recommendations for \(user), or of what is not there")
    }
  }
}
