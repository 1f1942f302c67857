import TestSupport

/// A call of a child that `Preload/fail.c` makes fail.
struct Fault: CustomStringConvertible {
  enum Call: String, CaseIterable {
    case write, sync, open, name, remove, truncate, read, map, allocate
  }

  enum Failure: String {
    case noSpace = "ENOSPC"
    case inputOutput = "EIO"
    case tooManyFiles = "EMFILE"
    case noMemory = "ENOMEM"
    /// Half of what was to be written is.
    case short = "SHORT"

    /// Whether an answer that begins with `error` and a code says what happened.
    func isNamed(by answer: String) -> Bool {
      func says(_ code: String, _ words: String) -> Bool {
        answer.hasPrefix("error \(code) ") && answer.contains(words)
      }
      return switch self {
      // With the other code nothing is certain: the room ended in the last step of a commit.
      case .noSpace:
        says("diskFull", "no room") || says("diskFull", "No space left") || says("ioError", "no room")
      case .inputOutput: says("ioError", "Input/output error")
      case .tooManyFiles: says("ioError", "Too many open files")
      case .noMemory:
        says("ioError", "Cannot allocate memory") || says("diskFull", "no address space for a map")
      case .short: says("ioError", "Input/output error") || says("diskFull", "no room")
      }
    }
  }

  var call: Call
  var failure: Failure
  /// The calls that follow fail too.
  var isSticky: Bool
  /// The first call to fail, from 1.
  var number = 1

  var description: String {
    "\(call.rawValue):\(number):\(failure.rawValue)\(isSticky ? ":sticky" : "")"
  }

  /// Every way in which calls fail.
  static let kinds: [Fault] = Call.allCases.flatMap { call in
    failures(of: call).flatMap { failure in
      [false, true].map { Fault(call: call, failure: failure, isSticky: $0) }
    }
  }

  private static func failures(of call: Call) -> [Failure] {
    switch call {
    case .write: [.noSpace, .inputOutput, .short]
    case .sync, .name, .truncate: [.inputOutput, .noSpace]
    case .open: [.tooManyFiles, .noMemory]
    case .remove, .read: [.inputOutput]
    case .map, .allocate: [.noMemory]
    }
  }
}

/// What `fail.c` reports.
struct FaultReport {
  /// The files whose calls failed; empty for a map or an allocation.
  var files: [String] = []
  /// Calls of each class while the mark was there; empty where the process did not end by itself.
  var counts: [Fault.Call: Int] = [:]

  init(_ text: String) throws {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      if words[0] != "counted" {
        files.append(words[2])
      } else if let call = Fault.Call(rawValue: words[1]) {
        counts[call] = Int(words[2])
      }
    }
  }
}
