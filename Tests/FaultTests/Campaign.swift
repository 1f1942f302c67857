import Basics
import Kindred
import Platform
import TestSupport
import Testing

/// A store and rounds of work on it, each cut off by the death of the process that does it.
struct Campaign {
  let directory: TemporaryDirectory
  let path: String
  var workload: Workload
  private var generator: SeededGenerator
  private(set) var witness = Witness()
  private(set) var rounds = 0
  /// Orders that were answered, and rounds in which the next one was done by none, some or all of its steps.
  private(set) var (acknowledged, undone, partly, done) = (0, 0, 0, 0)

  /// Makes the store and what the workload starts from.
  init(seed: UInt64) throws {
    generator = SeededGenerator(seed: seed)
    workload = try Workload(seed: seed &+ 1)
    directory = try TemporaryDirectory()
    path = directory.file("shop.kindred")
    try Store.create(at: path).close()
    let child = try ChildProcess(store: path)
    guard try child.run("open").hasPrefix("ok") else { throw TestFailure("the child does not open \(path)") }
    for order in try workload.preparation() {
      let answer = try child.run(order.command)
      guard answer.hasPrefix("ok") else { throw TestFailure("\(order.command): \(answer)") }
      witness.apply(order)
    }
    guard try child.finish() == .exited(0) else { throw TestFailure("the child did not end well") }
  }

  var summary: String {
    "\(rounds) rounds, \(acknowledged) commands acknowledged; the one at work had done nothing \(undone) times, "
      + "a part of its steps \(partly) times, all of them \(done) times"
  }

  /// What to print with a failure.
  private var place: String { "\(generator), \(workload), round \(rounds)" }

  /// Has a child do some work, kills it at a random moment, and checks what it left.
  /// - Parameter verifies: reads everything with `Store.verify`.
  mutating func killed(at work: Work, verifies: Bool) throws {
    // In every other round this process has the store open as well, so that the locks outlive the child. A store that
    // others have open is not compacted.
    let isShared = rounds % 2 == 1 && work != .compact
    let other = isShared ? try Store.open(at: path, options: .unsynced) : nil
    let child = try ChildProcess(store: path)
    guard try child.run(work.opening).hasPrefix("ok") else { throw TestFailure("no open, \(place)") }
    let orders = try workload.orders(work, count: 12, from: witness)
    for order in orders { child.send(order.command) }
    let wanted = Int.random(in: 0...3, using: &generator)
    // Commands take from one to several hundred milliseconds.
    let longest: UInt32 = 1_000 << UInt32.random(in: 0...9, using: &generator)
    let pause = UInt32.random(in: 0...longest, using: &generator)
    var answers: [String] = []
    while answers.count < wanted, let line = try child.line() { answers.append(line) }
    usleep(pause)
    try child.kill()
    // What it said before it died is acknowledged as well.
    while let line = try child.line() { answers.append(line) }
    other?.close()
    try check(work, orders, answers, verifies: verifies)
  }

  #if DEBUG
    /// Has a child do some work until it dies at the N-th pass of a point, and checks what it left.
    /// - Returns: false where the work was done before.
    mutating func killed(at point: KillPoint, pass: Int, of work: Work) throws -> Bool {
      let child = try ChildProcess(
        store: path, environment: ["KINDRED_KILL_POINT": "\(point.rawValue):\(pass)"])
      let orders = try workload.orders(work, count: 16, from: witness)
      child.send(work.opening)
      for order in orders { child.send(order.command) }
      var answers: [String] = []
      while answers.count < orders.count + 1, let line = try child.line() { answers.append(line) }
      let wasReached = answers.count < orders.count + 1
      let end = wasReached ? try child.wait() : try child.finish()
      guard end == (wasReached ? .killed(bySignal: SIGKILL) : .exited(0)) else {
        throw TestFailure("\(end) at pass \(pass) of \(point), \(place)")
      }
      guard answers.isEmpty || answers.removeFirst().hasPrefix("ok") else {
        throw TestFailure("no open, \(place)")
      }
      try check(work, orders, answers, verifies: pass == 1)
      return wasReached
    }
  #endif

  /// Compares the store with the answers of a child that has ended.
  mutating func check(_ work: Work, _ orders: [Order], _ answers: [String], verifies: Bool) throws {
    if let index = answers.firstIndex(where: { !$0.hasPrefix("ok") }) {
      throw TestFailure("\(orders[index].command): \(answers[index]), \(place)")
    }
    let checker = Checker(
      witness: witness, orders: orders, acknowledged: answers.count, verifies: verifies)
    let outcome: Checker.Outcome
    do { outcome = try checker.check(storeAt: path) } catch {
      let next = orders.dropFirst(answers.count).first.map { "\($0.command.prefix(60))" } ?? "-"
      throw TestFailure("\(error), \(place), \(work), at work: \(next)")
    }
    acknowledged += answers.count
    if outcome.steps > 0 {
      if outcome.steps < outcome.allSteps { partly += 1 } else { done += 1 }
    } else if outcome.allSteps > 0 {
      undone += 1
    }
    witness = outcome.witness
    for file in witness.files.keys { TemporaryDirectory.remove(store: directory.file(file)) }
    witness.files = [:]
    rounds += 1
    if work == .growth { try shrink() }
  }

  /// Takes the items away that made the file grow, and their pages.
  private mutating func shrink() throws {
    let store = try Store.open(at: path, options: .unsynced)
    defer { store.close() }
    let ids = witness.contents.items.keys.filter { $0.hasPrefix("g") }
    try store.delete(Array(ids), kind: .items)
    try store.compact()
    witness.apply(.delete(ids: Array(ids)))
  }
}
