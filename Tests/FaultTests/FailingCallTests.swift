import Basics
import Platform
import TestSupport
import Testing

/// A call of the system fails in the middle of each kind of work: every class of calls, with every error, once and from
/// then on. A number of failures of each order are drawn from all there are; with `KINDRED_FAULT_CALLS=all` every call
/// fails in its turn, until one order runs without, and with `KINDRED_FAULT_CALLS=N` as many of each order are drawn.
@Suite struct FailingCallTests {
  @Test func everyFailureIsAnErrorAndLosesNothing() throws {
    guard var trial = try FailingCalls(seed: 71) else { return }
    let clock = ContinuousClock()
    let start = clock.now
    let wanted = getenv("KINDRED_FAULT_CALLS").map { String(cString: $0) } ?? "20"
    for order in try trial.orders() {
      if wanted == "all" {
        trial.failEveryCall(of: order) { Issue.record("\($0)") }
        print("failing calls: \(trial.summary)")
      } else {
        try trial.fail(Int(wanted) ?? 0, callsOf: order) { Issue.record("\($0)") }
      }
    }
    print("failing calls: \(trial.summary), in \((clock.now - start) / .seconds(1)) s")
    #expect(trial.failures == 0)
    #expect(trial.errors > 0 && trial.hits > trial.runs / 2)
  }
}

/// Orders whose calls fail, and what came of it.
private struct FailingCalls {
  private var campaign: Campaign
  private var generator: SeededGenerator
  private let library: String
  private let scratch: TemporaryDirectory
  /// Where the orders run.
  private let directory: TemporaryDirectory
  /// Runs; those in which a call failed; those in which the order failed for it; those in which something was wrong.
  private(set) var (runs, hits, errors, failures) = (0, 0, 0, 0)
  private var ran: [String: Int] = [:]

  /// Nil where no call can be made to fail.
  init?(seed: UInt64) throws {
    (scratch, directory) = (try TemporaryDirectory(), try TemporaryDirectory())
    guard let library = try Preload.fail.library(in: scratch) else { return nil }
    self.library = library
    campaign = try Campaign(seed: seed)
    generator = SeededGenerator(seed: seed)
  }

  var summary: String {
    "\(runs) runs, \(hits) with a failed call, \(errors) of them with an error, \(failures) with something wrong; by "
      + "call \(ran.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))"
  }

  /// One order of each kind of work, and the opening of the store.
  mutating func orders() throws -> [FailingOrder] {
    // Some work needs a model that has learned.
    try campaign.run(.train, count: 1)
    var orders = [try prepared(FailingOrder.opening, "open")]
    for work in Work.allCases {
      let order = try campaign.advance(to: work)
      orders.append(try prepared(order, work.opening))
    }
    return orders
  }

  private func prepared(_ order: Order, _ opener: String) throws -> FailingOrder {
    var files = try campaign.directory.contents()
    // Making the lock file can fail too.
    for name in files.keys where name.hasSuffix("-lock") { files[name] = nil }
    return FailingOrder(
      order: order, opener: opener, witness: campaign.witness, files: files, library: library,
      directory: directory,
      scratch: scratch)
  }

  /// Fails each call of the order in its turn, in every way, until the order runs without a failure.
  mutating func failEveryCall(of order: FailingOrder, report: (String) -> Void) {
    for kind in Fault.kinds {
      var fault = kind
      while run(order, fault, report) { fault.number += 1 }
    }
  }

  /// Fails some calls of the order, drawn from all, with as many of each kind as there are.
  mutating func fail(_ count: Int, callsOf order: FailingOrder, report: (String) -> Void) throws {
    let callCounts = try order.counts()
    var kinds: [Fault] = []
    for _ in 0..<count {
      if kinds.isEmpty { kinds = Fault.kinds.filter { callCounts[$0.call] != 0 }.shuffled(using: &generator) }
      guard var fault = kinds.popLast(), let callCount = callCounts[fault.call] else { return }
      fault.number = 1 + generator.below(callCount)
      _ = run(order, fault, report)
    }
  }

  /// - Returns: whether a call failed.
  private mutating func run(_ order: FailingOrder, _ fault: Fault, _ report: (String) -> Void) -> Bool {
    runs += 1
    ran[fault.call.rawValue, default: 0] += 1
    do {
      let outcome = try order.run(fault)
      if !outcome.answer.hasPrefix("ok") { errors += 1 }
      if outcome.report.files.isEmpty { return false }
      hits += 1
    } catch {
      failures += 1
      report("KINDRED_FAIL=\(fault) at \(order.order.command.prefix(60)): \(error), \(generator)")
    }
    return true
  }
}
