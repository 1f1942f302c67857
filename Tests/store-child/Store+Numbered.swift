import Kindred

/// Writes that carry the number of the command that made them, so that a reader can tell which ones it sees.
extension Store {
  /// `NUMBER ID…`: one transaction that gives every id a vector and an attribute with the number.
  func upsertNumbered(_ arguments: [String]) throws -> String {
    let number = try arguments.number(0)
    let ids = Array(arguments.dropFirst())
    // Half precision is exact to 2,048.
    let vectors = ids.indices.flatMap {
      [Float(number % 2_048), Float(number / 2_048), Float($0), Float(number % 7)] as [Float]
    }
    let report = try upsert(
      "numbers", ids: ids, vectors: vectors,
      attributes: ids.map { _ in ["number": .number(Double(number))] })
    guard report.stored == ids.count else { throw ChildFailure.inconsistent("\(report.rejected)") }
    return "\(number)"
  }

  /// `NUMBER USER ITEM…`: one transaction with an event for every item, at the time NUMBER.
  func appendNumbered(_ arguments: [String]) throws -> String {
    let number = try arguments.number(0)
    try write { transaction in
      for item in arguments.dropFirst(2) {
        try transaction.append(
          Event(user: arguments[1], item: item, time: Timestamp(milliseconds: Int64(number)), kind: "click"))
      }
    }
    return "\(number)"
  }

  /// `ITEMS EVENTS`: imports two files.
  func importNumbered(_ arguments: [String]) throws -> String {
    let report = try importRecords(ImportFiles(items: arguments[0], events: arguments[1]))
    return "\(report.items?.stored ?? 0) \(report.events?.stored ?? 0)"
  }

  func verifyInWords() throws -> String {
    let report = try verify()
    return report.ok ? "sound" : "unsound \(report.problems.first ?? "")".replacing("\n", with: " ")
  }
}
