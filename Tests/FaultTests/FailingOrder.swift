import Basics
import Platform
import TestSupport

/// An order that is given again and again to a child on the same store, each time with another call that fails.
struct FailingOrder {
  let order: Order
  /// How a child opens the store for it.
  let opener: String
  /// The store before it, with the files beside it.
  let witness: Witness
  let files: [String: [UInt8]]
  /// `fail.c`
  let library: String
  /// Where the store is.
  let directory: TemporaryDirectory
  /// Where the library finds its mark and writes its report.
  let scratch: TemporaryDirectory

  /// The order that opens the store, which a child is given before any other.
  static let opening = Order("open")

  private var path: String { "\(directory.canonicalPath)/shop.kindred" }

  /// What came of it.
  struct Outcome {
    var report: FaultReport
    /// What the child answered.
    var answer: String
  }

  /// Runs the order with a fault, and checks what it did: the child answers with the right error or with success, and
  /// ends by itself; nothing acknowledged is lost; the store is sound; the order can be given again.
  /// - Throws: `TestFailure` in words.
  func run(_ fault: Fault) throws -> Outcome {
    try directory.replaceContents(with: files)
    for name in ["mark", "report"] { try scratch.remove(name) }
    let child = try ChildProcess(
      store: path,
      environment: [
        "LD_PRELOAD": library, "KINDRED_FAIL": "\(fault)", "KINDRED_FAIL_UNDER": directory.canonicalPath,
        "KINDRED_FAIL_MARK": scratch.file("mark"), "KINDRED_FAIL_REPORT": scratch.file("report"),
      ])
    let isOpening = order.command == Self.opening.command
    if !isOpening { try require(child.run(opener).hasPrefix("ok"), "the child does not open the store") }
    _ = try scratch.write("", to: "mark")
    let answer = try child.run(order.command)
    let failed = try readReport().files
    // From then on means in later work too.
    if failed.isEmpty || !fault.isSticky { try scratch.remove("mark") }
    if !isOpening || answer.hasPrefix("ok") { try probe(child, fault, answer, failed) }
    try requireEnd(child)
    let report = try readReport()
    try requireError(answer, fault, report)
    var checker = Checker(
      witness: witness, orders: [order], acknowledged: answer.hasPrefix("ok") ? 1 : 0, verifies: true)
    let outcome = try checker.check(storeAt: path)
    // Without faults it can be given again, where it has done nothing yet.
    guard !answer.hasPrefix("ok"), outcome.steps == 0 else { return Outcome(report: report, answer: answer) }
    let next = try ChildProcess(store: path)
    for command in isOpening ? [opener] : [opener, order.command] {
      let answer = try next.run(command)
      try require(answer.hasPrefix("ok"), "\(command) afterwards: \(answer)")
    }
    try requireEnd(next)
    (checker.witness, checker.acknowledged) = (outcome.witness, 1)
    _ = try checker.check(storeAt: path)
    return Outcome(report: report, answer: answer)
  }

  /// Asks the child for more work. Where nothing is certain, as after a failed sync, it refuses; otherwise what failed
  /// once can be done. While the disk is full everything can be read.
  private func probe(_ child: ChildProcess, _ fault: Fault, _ answer: String, _ failed: [String]) throws {
    if fault.isSticky, answer.hasPrefix("error diskFull") {
      let verdict = try child.run("verify")
      try require(verdict == "ok sound", "while the disk is full: \(verdict)")
    }
    let next = try child.run("rebuild \(Witness.numbers) float32")
    if fault.call == .sync, failed.contains(path), answer.hasPrefix("error ioError") {
      try require(next.hasPrefix("error ioError"), "after a failed sync: \(next)")
    } else if !fault.isSticky, !answer.hasPrefix("error ioError") {
      try require(next.hasPrefix("ok"), "the next command: \(next)")
    }
  }

  private func requireError(_ answer: String, _ fault: Fault, _ report: FaultReport) throws {
    guard !answer.hasPrefix("ok") else { return }
    try require(!report.files.isEmpty, "without a fault: \(answer)")
    try require(fault.failure.isNamed(by: answer), "no word of \(fault.failure): \(answer)")
  }

  private func requireEnd(_ child: ChildProcess) throws {
    let end = try child.finish()
    try require(end == .exited(0), "the child ended so: \(end)")
  }

  /// Calls of each class that the order makes when none fails.
  func counts() throws -> [Fault.Call: Int] {
    let outcome = try run(Fault(call: .write, failure: .inputOutput, isSticky: false, number: .max))
    guard outcome.answer.hasPrefix("ok"), outcome.report.counts.count == Fault.Call.allCases.count else {
      throw TestFailure("\(order.command) without a fault: \(outcome.answer), \(outcome.report)")
    }
    return outcome.report.counts
  }

  private func readReport() throws -> FaultReport {
    let path = scratch.file("report")
    guard access(path, F_OK) == 0 else { return try FaultReport("") }
    return try FaultReport(String(decoding: readFile(path), as: UTF8.self))
  }

  private func require(_ holds: Bool, _ what: String) throws {
    if !holds { throw TestFailure(what) }
  }
}
