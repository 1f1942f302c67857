import Basics
import TestSupport

/// Makes orders: commands for `store-child`, each with the whole steps that it makes on a `Witness`. What a command
/// writes is a function of its number, so that a checker needs the orders and how many were acknowledged, nothing else.
struct Workload: CustomStringConvertible {
  /// Holds the files to import.
  private let inputs: TemporaryDirectory
  private var generator: SeededGenerator
  private var number = 0

  init(seed: UInt64) throws {
    generator = SeededGenerator(seed: seed)
    inputs = try TemporaryDirectory()
  }

  var description: String { "\(generator)" }

  /// The number of files to import that are kept; a file stays until as many more orders have been made.
  private static let inputCount = 64

  /// What makes a new store ready for all kinds of work, to be run without faults.
  mutating func preparation() throws -> [Order] {
    let space = Witness.Space(dimension: 4)
    var orders = [Order("space \(Witness.numbers)", .makeSpace(Witness.numbers, space))]
    for user in 0..<24 {
      number += 1
      let items = (0..<5).map { "e\((user + $0) % 30)" }
      orders.append(
        Order(
          "append \(number) v\(user) \(items.joined(separator: " "))",
          .append(milliseconds: number, user: "v\(user)", items: items)))
    }
    for _ in 0..<20 { orders += [upsert(), texts()] }
    return orders
  }

  /// Orders of one kind of work and of what gives it something to do.
  /// - Parameter witness: what the store holds before.
  mutating func orders(_ work: Work, count: Int, from witness: Witness) throws -> [Order] {
    var expected = witness
    return try (0..<count).map { index in
      let order = try order(work, index, expected)
      expected.apply(order)
      return order
    }
  }

  private mutating func order(_ work: Work, _ index: Int, _ expected: Witness) throws -> Order {
    // What other work has to find something to do in.
    let isFeeding = index % 3 == 0
    switch work {
    case .upsert: return upsert()
    case .append: return append()
    case .embed: return isFeeding ? texts() : embed(expected, onlyMissing: index % 3 == 2)
    case .importing: return try importing(replaces: generator.below(24) == 0)
    case .loading: return try load(expected)
    case .delete: return isFeeding ? upsert() : delete(expected)
    case .forget: return isFeeding || expected.contents.users.count < 40 ? append() : forget(expected)
    case .merge: return index % 3 == 2 ? Order("merge \(Witness.numbers)") : upsert()
    case .rebuild:
      guard !isFeeding else { return upsert() }
      let encoding = generator.pick(["float32", "float16", "int8", "int4"])
      return Order(index % 3 == 1 ? "rebuild" : "rebuild \(Witness.numbers) \(encoding)")
    case .reencode: return isFeeding ? append() : reencode(expected)
    case .train: return train(expected)
    case .factorize: return isFeeding ? append() : Order("factorize", .factorize)
    case .compact: return isFeeding ? upsert() : Order("compact")
    case .backup: return isFeeding ? upsert() : file("backup") { .copy(file: $0) }
    case .restore: return isFeeding ? upsert() : restore()
    case .create: return file("create") { .create(file: $0) }
    case .growth: return fill()
    }
  }

  // MARK: Orders

  private mutating func ids(_ prefix: String, of count: Int, _ wanted: Int) -> [String] {
    Set((0..<wanted).map { _ in "\(prefix)\(generator.below(count))" }).sorted()
  }

  private mutating func upsert() -> Order {
    number += 1
    let ids = ids("n", of: 300, 12)
    return Order("upsert \(number) \(ids.joined(separator: " "))", .upsert(number: number, ids: ids))
  }

  private mutating func texts() -> Order {
    number += 1
    let ids = ids("t", of: 40, 6)
    return Order("texts \(number) \(ids.joined(separator: " "))", .texts(number: number, ids: ids))
  }

  /// A megabyte: a store that is opened with a small map grows it.
  private mutating func fill() -> Order {
    number += 1
    let ids = (0..<8).map { "g\(number)-\($0)" }
    return Order("fill \(number) \(ids.joined(separator: " "))", .items(number: number, ids: ids))
  }

  private mutating func append() -> Order {
    number += 1
    let (user, items) = ("u\(generator.below(60))", ids("e", of: 60, 4))
    return Order(
      "append \(number) \(user) \(items.joined(separator: " "))",
      .append(milliseconds: number, user: user, items: items))
  }

  private func embed(_ expected: Witness, onlyMissing: Bool) -> Order {
    var order = Order("embed \(onlyMissing ? "missing" : "all")", .embed(onlyMissing: onlyMissing))
    if expected.contents.spaces[Witness.titles] == nil {
      order.steps.insert(.makeSpace(Witness.titles, .init(dimension: 64)), at: 0)
    }
    return order
  }

  /// The items are one transaction, the users and items that events name one each, and the events the last.
  private mutating func importing(replaces: Bool) throws -> Order {
    number += 1
    let ids = (0..<30).map { "m\(number % 20)-\($0)" }
    let items = try write("id,number\n" + ids.map { "\($0),\(number)\n" }.joined(), to: "items.csv")
    let step = Step.items(number: number, ids: ids, replaces: replaces)
    if replaces { return Order("replace \(items)", step) }
    let user = "w\(number % 20)"
    let events = try write(
      "user,item,time\n" + ids.map { "\(user),\($0),\(number).5\n" }.joined(), to: "events.csv")
    return Order(
      "import \(items) \(events)", step, .register(user: user),
      .append(milliseconds: number * 1_000 + 500, user: user, items: ids))
  }

  /// Makes a space, loads many vectors into it, which builds its graph, then a few, and drops it.
  private mutating func load(_ expected: Witness) throws -> Order {
    let space = Witness.loads
    guard let count = expected.contents.vectors[space]?.count else {
      return Order("space \(space)", .makeSpace(space, .init(dimension: 4)))
    }
    guard count < 70 else { return Order("drop \(space)", .dropSpace(space)) }
    number += 1
    let ids = (0..<60).map { "l\($0 + count)" }
    let vector = "[\(number % 2_048),\(number / 2_048),\(count),\(number % 7)]"
    let rest = "\"vector\":\(vector),\"attributes\":{\"number\":\(number)}}\n"
    let file = try write(ids.map { "{\"id\":\"\($0)\",\(rest)" }.joined(), to: "vectors.jsonl")
    let command = "load \(space) \(file)"
    // What goes through the tail is one transaction; before a graph is built, ids are registered in another.
    guard count == 0 else { return Order(command, .upsert(number: number, ids: ids, space: space)) }
    return Order(
      command, .items(number: number, ids: ids), .vectors(space: space, number: number, ids: ids))
  }

  private mutating func delete(_ expected: Witness) -> Order {
    let all = expected.contents.items.keys.sorted()
    guard !all.isEmpty else { return upsert() }
    let ids = Set((0..<12).map { _ in generator.pick(all) }).sorted()
    return Order("delete \(ids.joined(separator: " "))", .delete(ids: ids))
  }

  private mutating func forget(_ expected: Witness) -> Order {
    // The users of the preparation stay, so that there always is something to learn from.
    let all = expected.contents.users.filter { !$0.hasPrefix("v") }.sorted()
    guard !all.isEmpty else { return append() }
    let users = Set((0..<3).map { _ in generator.pick(all) }).sorted()
    return Order("forget \(users.joined(separator: " "))", .forget(users: users))
  }

  /// A model that serves once it has learned; models beyond three are deleted, but never the newest, whose number
  /// would be used again in no store.
  private mutating func train(_ expected: Witness) -> Order {
    let models = expected.contents.models.sorted()
    let spare = models.dropLast().filter { $0 != expected.servingModel }
    if models.count > 3, let oldest = spare.first {
      return Order("discard \(oldest)", .discard(model: oldest))
    }
    number += 1
    let version = (models.last ?? 0) + 1
    return Order("train \(number)", .addModel(version), .serve(model: version))
  }

  private mutating func reencode(_ expected: Witness) -> Order {
    let models = expected.contents.models.sorted()
    guard !models.isEmpty else { return train(expected) }
    let version = generator.pick(models)
    return Order("reencode \(version)", .serve(model: version))
  }

  private mutating func file(_ command: String, _ step: (String) -> Step) -> Order {
    number += 1
    let name = "\(command)\(number).kindred"
    return Order("\(command) \(name)", step(name))
  }

  private mutating func restore() -> Order {
    number += 1
    let (backup, name) = ("encrypted\(number).backup", "restored\(number).kindred")
    return Order(
      "restore \(Witness.backupKey) \(backup) \(name)", .encryptedCopy(file: backup), .copy(file: name))
  }

  private func write(_ text: String, to name: String) throws -> String {
    try inputs.write(text, to: "\(number % Self.inputCount)-\(name)")
  }
}
