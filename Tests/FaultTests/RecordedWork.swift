import Basics
import TestSupport

/// Some work of a child, with everything that it did to the files of the store's directory.
struct RecordedWork {
  var work: Work
  /// What the files hold and are before.
  var witness: Witness
  var before: [String: [UInt8]]
  var orders: [Order]
  var recording: Recording
  /// The files when the child had ended.
  var after: [String: [UInt8]]

  /// Orders that were answered after so many records.
  func acknowledged(at record: Int) -> Int {
    // The first answer is that to `open`.
    max(recording.acknowledgements.count { $0 <= record } - 1, 0)
  }

  /// The recorder saw everything: its records alone make the files what they are.
  /// - Throws: `TestFailure` naming what was not seen.
  func requireComplete() throws {
    guard recording.escapes.isEmpty else { throw TestFailure("not recorded: \(recording.escapes)") }
    var disk = Disk(before)
    for record in recording.records { try disk.apply(record) }
    let seen = disk.seen.files
    guard Set(seen.keys) == Set(after.keys) else {
      throw TestFailure("recorded files / files: \(seen.keys.sorted()) / \(after.keys.sorted())")
    }
    // A lock file is written through a map.
    for (name, bytes) in seen where !name.hasSuffix("-lock") {
      guard bytes == after[name] else {
        let place = zip(bytes, after[name] ?? []).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        throw TestFailure(
          "the recorded \(name) has \(bytes.count) bytes and differs at \(place ?? -1), \(work)")
      }
    }
  }
}

extension Campaign {
  /// Has a child do some work, to the end.
  mutating func run(_ work: Work, count: Int) throws {
    try run(work, try workload.orders(work, count: count, from: witness))
  }

  private mutating func run(_ work: Work, _ orders: [Order]) throws {
    let child = try ChildProcess(store: path)
    guard try child.run(work.opening).hasPrefix("ok") else {
      throw TestFailure("the child does not open the store")
    }
    let answers = try orders.map { try child.run($0.command) }
    guard try child.finish() == .exited(0) else { throw TestFailure("the child did not end well, \(work)") }
    try check(work, orders, answers, verifies: false)
  }

  /// Has a child do what gives some work something to do.
  /// - Returns: the order that does the work, which is still to be given.
  mutating func advance(to work: Work) throws -> Order {
    for _ in 0..<20 {
      let orders = try workload.orders(work, count: 12, from: witness)
      let index = orders.firstIndex { $0.command.hasPrefix(work.command + " ") || $0.command == work.command }
      try run(work, Array(orders[..<(index ?? orders.count)]))
      if let index { return orders[index] }
    }
    throw TestFailure("no \(work.command) among 240 orders, \(workload)")
  }

  /// Has a child do some work under the recorder, to the end.
  /// - Parameters:
  ///   - library: the recorder.
  ///   - scratch: where the record is written, outside of the store's directory.
  mutating func recorded(at work: Work, by library: String, in scratch: TemporaryDirectory) throws
    -> RecordedWork
  {
    let (witness, before, log) = (witness, try directory.contents(), scratch.file("record"))
    try scratch.remove("record")
    let environment = [
      "LD_PRELOAD": library, "KINDRED_RECORD": log, "KINDRED_RECORD_UNDER": directory.canonicalPath,
    ]
    let child = try ChildProcess(store: "\(directory.canonicalPath)/shop.kindred", environment: environment)
    guard try child.run(work.opening).hasPrefix("ok") else {
      throw TestFailure("the child does not open the store")
    }
    let orders = try workload.orders(work, count: 6, from: witness)
    let answers = try orders.map { try child.run($0.command) }
    guard try child.finish() == .exited(0) else { throw TestFailure("the child did not end well, \(work)") }
    let recorded = RecordedWork(
      work: work, witness: witness, before: before, orders: orders,
      recording: try Recording(log: log, of: directory.canonicalPath), after: try directory.contents())
    try recorded.requireComplete()
    try check(work, orders, answers, verifies: false)
    return recorded
  }
}

extension Work {
  /// The command of `store-child` that does the work; others give it something to do.
  fileprivate var command: String {
    switch self {
    case .importing: "import"
    case .loading: "load"
    case .growth: "fill"
    default: rawValue
    }
  }
}
