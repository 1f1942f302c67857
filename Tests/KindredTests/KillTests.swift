import Basics
import Kindred
import Platform
import TestSupport
import Testing

/// A child that writes is killed at random moments, 200 times. What it had acknowledged is kept out of its reach:
/// nothing of it may be lost, and nothing may be there by half.
@Suite struct KillTests {
  enum Work: String, CaseIterable {
    case upsert, delete, append, rebuild, importing
  }

  /// A command for the child, and what it changes: each step as a whole, one after the other.
  private struct Order {
    var command: String
    var steps: [Witness.Step]
  }

  @Test func nothingAcknowledgedIsLost() throws {
    var campaign = try Campaign(seed: 51)
    for round in 0..<200 {
      try campaign.run(round, Work.allCases[round % Work.allCases.count])
      if round % 20 == 19 { try campaign.verify(round) }
    }
    print("kills: \(campaign.summary)")
    // The moments must have hit work in all states, or this proves little.
    #expect(campaign.acknowledged > 200)
    #expect(campaign.undone > 0)
  }

  private struct Campaign {
    let directory: TemporaryDirectory
    let path: String
    var generator: SeededGenerator
    var witness = Witness()
    var number = 0
    var (acknowledged, undone, done) = (0, 0, 0)

    init(seed: UInt64) throws {
      generator = SeededGenerator(seed: seed)
      directory = try TemporaryDirectory()
      let store = try Store.create(at: directory.file("shop.kindred"))
      try store.createSpace(
        SpaceConfiguration(name: "numbers", of: .items, dimension: 4, metric: .l2, m: 4, efConstruction: 20))
      store.close()
      path = store.path
    }

    var summary: String {
      "\(acknowledged) commands acknowledged, the last one done \(done) times and not done \(undone) times"
    }

    mutating func run(_ round: Int, _ work: Work) throws {
      // In every other round this process has the store open as well, so that the locks outlive the child.
      let open = round % 2 == 1 ? try Store.open(at: path, options: .testing) : nil
      let child = try ChildProcess(store: path)
      #expect(try child.run("open").hasPrefix("ok"), "\(generator), round \(round)")
      let orders = try (0..<12).map { try order($0, work) }
      for order in orders { child.send(order.command) }
      let wanted = Int.random(in: 0...4, using: &generator)
      var count = 0
      while count < wanted, let line = try child.line() { count += try accept(line, round) }
      usleep(UInt32.random(in: 0...30_000, using: &generator))
      try child.kill()
      // What it said before it died is acknowledged as well.
      while let line = try child.line() { count += try accept(line, round) }
      for order in orders[..<count] { for step in order.steps { witness.apply(step) } }
      acknowledged += count
      open?.close()
      let store = try Store.open(at: path, options: .testing)
      defer { store.close() }
      try compare(try Witness(reading: store), count < orders.count ? orders[count].steps : [], round, work)
      try query(store, round)
    }

    private func accept(_ line: String, _ round: Int) throws -> Int {
      guard line.hasPrefix("ok") else { throw TestFailure("\(line), \(generator), round \(round)") }
      return 1
    }

    /// The store holds what was acknowledged and of the command at work a number of whole steps.
    private mutating func compare(_ found: Witness, _ steps: [Witness.Step], _ round: Int, _ work: Work)
      throws
    {
      var candidate = witness
      var applied = 0
      while candidate != found, applied < steps.count {
        candidate.apply(steps[applied])
        applied += 1
      }
      #expect(
        candidate == found,
        "\(generator), round \(round), \(work): acknowledged / found: \(witness.difference(from: found))")
      if applied > 0 { done += 1 } else if !steps.isEmpty { undone += 1 }
      witness = found
    }

    /// Every vector is found, with its own distance, and no other.
    private func query(_ store: Store, _ round: Int) throws {
      let matches = try store.query(
        "numbers", vector: [0, 0, 0, 0], options: .init(k: 10_000, effort: .exact))
      #expect(Set(matches.map(\.id)) == Set(witness.vectors.keys), "\(generator), round \(round)")
      let quick = try store.query("numbers", vector: [1, 2, 1, 0])
      #expect(quick.count == min(10, witness.vectors.count), "\(generator), round \(round)")
      #expect(quick.allSatisfy { witness.vectors[$0.id] != nil }, "\(generator), round \(round)")
    }

    func verify(_ round: Int) throws {
      let store = try Store.open(at: path)
      defer { store.close() }
      #expect(try store.verify().problems == [], "\(generator), round \(round)")
    }

    private mutating func order(_ index: Int, _ work: Work) throws -> Order {
      number += 1
      let ids = (0..<12).map { _ in "n\(Int.random(in: 0..<300, using: &generator))" }
      let distinct = Array(Set(ids)).sorted()
      switch work {
      case .delete where index % 3 != 0:
        return Order(command: "delete " + distinct.joined(separator: " "), steps: [.delete(ids: distinct)])
      case .append:
        let items = distinct.prefix(4).map { "e" + $0 }
        let user = "u\(number % 6)"
        return Order(
          command: "append \(number) \(user) " + items.joined(separator: " "),
          steps: [.append(number: number, user: user, items: items)])
      case .rebuild where index % 3 != 0:
        return Order(command: index % 3 == 1 ? "rebuild" : "merge", steps: [.nothing])
      case .importing: return try importOrder()
      case .upsert, .delete, .rebuild:
        return Order(
          command: "upsert \(number) " + distinct.joined(separator: " "),
          steps: [.upsert(number: number, ids: distinct)])
      }
    }

    /// The items are one transaction, the events the next; an event's new user and items come with it.
    private func importOrder() throws -> Order {
      let ids = (0..<30).map { "m\(number)-\($0)" }
      let items = try directory.write(
        "id,number\n" + ids.map { "\($0),\(number)\n" }.joined(), to: "items\(number % 12).csv")
      let events = try directory.write(
        "user,item,time\n" + ids.map { "w\(number),\($0),\(number).5\n" }.joined(),
        to: "events\(number % 12).csv")
      let milliseconds = number * 1_000 + 500
      return Order(
        command: "import \(items) \(events)",
        steps: [
          .importItems(number: number, ids: ids),
          .append(number: milliseconds, user: "w\(number)", items: ids),
        ])
    }
  }
}
