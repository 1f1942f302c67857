import Basics
import Kindred

/// Records that were removed by their ids, and what became of the ids.
struct Removal {
  /// Records that were removed.
  let count: Int
  /// Events that went with removed users.
  let events: Int
  /// Ids that were not there.
  let missing: [String]
  private let kind: RecordKind
  private let path: String

  /// Removes records in one transaction.
  /// - Parameter ids: compared as bytes; the same id twice is one removal, not a removal and a miss.
  init(of ids: [String], _ kind: RecordKind, from store: Store, at path: String) throws {
    var seen: Set<ExactString> = []
    let distinct = ids.filter { seen.insert(ExactString($0)).inserted }
    (missing, events) = try store.write { try $0.deleteCounting(distinct, kind: kind) }
    count = distinct.count - missing.count
    self.kind = kind
    self.path = path
  }

  /// Reports the ids that were not there; an error where none was.
  func reportMissing() throws {
    if count == 0 { throw CommandFailure(missing: missing, kind: kind, store: path) }
    guard !missing.isEmpty else { return }
    try StandardError.warn("not there: \(missing.map { "'\($0)'" }.joined(separator: ", "))")
  }
}
