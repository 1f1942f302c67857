import Basics
import Kindred
import Platform

/// A store whose every commit is one version: 40 items `p0`… and a passing one have the version in their vectors and
/// attributes, and a passing user has an event with each of two items at that time. Passing items and users of old
/// versions are deleted, so that the store does not grow.
extension Store {
  /// `LAST`: writes versions up to LAST, one transaction each, with merges and rebuilds between them.
  func advance(_ arguments: [String]) throws -> String {
    let last = try arguments.number(0)
    while true {
      let version = try advance()
      if version % 7 == 0 { try merge("versions") }
      if version % 20 == 0 { try rebuild() }
      guard version < last else { return "\(last)" }
    }
  }

  /// Writes the next version.
  private func advance() throws -> Int {
    try write { transaction in
      let version = try transaction.item(id: "p0").version + 1
      let ids = (0..<40).map { "p\($0)" } + ["passing\(version % 3)"]
      try transaction.upsert(
        "versions", ids: ids, vectors: ids.indices.flatMap { [Float(version), Float($0)] as [Float] },
        attributes: ids.map { _ in ["version": .number(Double(version))] })
      try transaction.delete(["passing\((version - 1) % 3)"], kind: .items)
      try transaction.delete(["clock\((version - 1) % 3)"], kind: .users)
      for item in ["p0", "passing\(version % 3)"] {
        try transaction.append(
          Event(
            user: "clock\(version % 3)", item: item, time: Timestamp(milliseconds: Int64(version)),
            kind: "tick"))
      }
      return version
    }
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

  /// `COUNT SEED LEAST`: that many operations in random order: versions, reads, merges, rebuilds, compactions. No read
  /// may show a version before LEAST.
  /// - Returns: how many snapshots were read, versions written, and the last version seen.
  func mix(_ arguments: [String]) throws -> String {
    var generator = SeededGenerator(seed: UInt64(try arguments.number(1)))
    var (reads, writes, last) = (0, 0, try arguments.number(2))
    for _ in 0..<(try arguments.number(0)) {
      switch Int.random(in: 0..<100, using: &generator) {
      case 0..<30:
        let version = try advance()
        guard version > last else { throw ChildFailure.inconsistent("wrote \(version) after \(last)") }
        (last, writes) = (version, writes + 1)
      case 30..<36: try despiteBusy { try merge("versions") }
      case 36..<39: try despiteBusy { try rebuild() }
      case 39: try despiteBusy { try compact() }
      case 40..<43:
        // A reader that takes its time, and may be killed meanwhile.
        last = try read { snapshot in
          usleep(UInt32.random(in: 0...20_000, using: &generator))
          return try snapshot.onlyVersion(atLeast: last)
        }
        reads += 1
      default:
        last = try read { try $0.onlyVersion(atLeast: last) }
        reads += 1
      }
    }
    return "\(reads) \(writes) \(last)"
  }

  /// Compacts the file if no other process has it open.
  func tidy() throws -> String {
    var count = 0
    try despiteBusy {
      try compact()
      count = 1
    }
    return "compacted \(count)"
  }

  /// What another process was faster with is given up.
  private func despiteBusy<R>(_ work: () throws -> R) throws {
    do { _ = try work() } catch let error as StoreError where error.code == .busy { return }
  }

  /// `read` or `write`: says so, and stays in the transaction until the process is killed.
  func hold(_ arguments: [String]) throws -> String {
    func hold() {
      StoreChild.write("- held")
      while true { sleep(60) }
    }
    if try arguments.word(0) == "read" {
      try read { snapshot in
        _ = try snapshot.onlyVersion()
        hold()
      }
    } else {
      try write { transaction in
        try transaction.delete(["p0"], kind: .items)
        hold()
      }
    }
    return "released"
  }
}

extension Item? {
  fileprivate var version: Int { self?.attributes["version"]?.intValue ?? 0 }
}

extension Snapshot {
  /// The version this snapshot shows.
  /// - Throws: `ChildFailure.inconsistent` when it shows more than one, or one before `least`.
  func onlyVersion(atLeast least: Int = 0) throws -> Int {
    let version = try item(id: "p0").version
    func demand(_ holds: Bool, _ what: String) throws {
      guard holds else {
        throw ChildFailure.inconsistent("version \(version), commit \(transaction): \(what)")
      }
    }
    try demand(version >= least, "before version \(least)")
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
    for other in 0..<3 {
      let isThere = try item(id: "passing\(other)") != nil
      try demand(isThere == (other == version % 3), "passing item \(other) is there: \(isThere)")
      let times = try sequence(user: "clock\(other)")?.map(\.time.milliseconds)
      try demand(
        times == (other == version % 3 ? [Int64(version), Int64(version)] : nil),
        "clock \(other) has events at \(times ?? [])")
    }
    try demand(
      try item(id: "p7")?.attributes["version"] == .number(Double(version)),
      "a record of another version")
    try demand(try vector("versions", id: "p7")?.first == Float(version), "a vector of another version")
    return version
  }
}
