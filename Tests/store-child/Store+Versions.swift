import Kindred

/// A store whose every commit is one version: 40 items `p0`… and a passing one have the version in their vectors and
/// attributes, and the user `clock` has one event for each version so far.
extension Store {
  /// `LAST`: writes versions up to LAST, one transaction each, with merges and rebuilds between them.
  func advance(_ arguments: [String]) throws -> String {
    let last = try arguments.number(0)
    let first = try read { snapshot in
      (try snapshot.sequence(user: "clock")?.count ?? 0) + 1
    }
    for version in first...max(first, last) {
      try write { transaction in
        let ids = (0..<40).map { "p\($0)" } + ["passing\(version)"]
        try transaction.upsert(
          "versions", ids: ids,
          vectors: ids.indices.flatMap { [Float(version), Float($0)] as [Float] },
          attributes: ids.map { _ in ["version": .number(Double(version))] })
        try transaction.delete(["passing\(version - 1)"], kind: .items)
        try transaction.append(
          Event(user: "clock", item: "p0", time: Timestamp(milliseconds: Int64(version)), kind: "tick"))
      }
      if version % 7 == 0 { try merge("versions") }
      if version % 20 == 0 { try rebuild() }
    }
    return "\(last)"
  }

  /// `LAST`: reads until version LAST is there; every snapshot must show one version and only that.
  func watch(_ arguments: [String]) throws -> String {
    let last = try arguments.number(0)
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(120)
    var (reads, versions, before) = (0, 0, 0)
    while before < last {
      let version = try read { try $0.onlyVersion() }
      guard version >= before else { throw ChildFailure.inconsistent("version \(version) after \(before)") }
      guard clock.now < deadline else { throw ChildFailure.inconsistent("still at version \(version)") }
      if version > before { versions += 1 }
      reads += 1
      before = version
    }
    return "\(reads) \(versions)"
  }
}

extension Snapshot {
  /// The version this snapshot shows.
  /// - Throws: `ChildFailure.inconsistent` when it shows more than one.
  func onlyVersion() throws -> Int {
    let version = try sequence(user: "clock")?.count ?? 0
    func demand(_ holds: Bool, _ what: String) throws {
      guard holds else {
        throw ChildFailure.inconsistent("version \(version), commit \(transaction): \(what)")
      }
    }
    for effort in [QueryOptions.Effort.exact, .automatic] {
      for filter in [nil, "version = \(version)"] as [Filter?] {
        let options = QueryOptions(k: 100, effort: effort, filter: filter)
        let matches = try query("versions", vector: [1, 0], options: options)
        let scores = Set(matches.map(\.score))
        try demand(
          matches.count == 41 && scores == [Float(version)],
          "\(effort), filter \(filter ?? "none"): \(matches.count) matches with scores \(scores)")
      }
    }
    let others = try query(
      "versions", vector: [1, 0], options: .init(k: 100, filter: "version != \(version)"))
    try demand(others.isEmpty, "the filter finds \(others)")
    try demand(try item(id: "passing\(version)") != nil, "the passing item is missing")
    try demand(try item(id: "passing\(version - 1)") == nil, "the item before is still there")
    try demand(
      try item(id: "p7")?.attributes["version"] == .number(Double(version)),
      "a record of another version")
    try demand(try vector("versions", id: "p7")?.first == Float(version), "a vector of another version")
    return version
  }
}
