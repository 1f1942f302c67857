import TestSupport
import Kindred
import Testing

/// One process writes, others query at the same time: each answer belongs to one commit.
@Suite struct TwoProcessTests {
  @Test func everyAnswerBelongsToOneCommit() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    try store.createSpace(SpaceConfiguration(name: "versions", of: .items, dimension: 2, metric: .dot, m: 4))
    let writer = try ChildProcess(store: store.path)
    let reader = try ChildProcess(store: store.path)
    #expect(try writer.run("open").hasPrefix("ok"))
    #expect(try reader.run("open").hasPrefix("ok"))
    #expect(try writer.run("advance 1") == "ok 1")
    let last = 150
    reader.send("watch \(last)")
    writer.send("advance \(last)")
    // This process reads, too, through a store it opened before the others wrote anything.
    var (reads, versions, version, commit) = (0, 0, 0, 0)
    while version < last {
      let seen = try store.read { snapshot in
        let version = Int(try snapshot.item(id: "p0")?.number("version") ?? 0)
        let matches = try snapshot.query("versions", vector: [1, 0], options: .init(k: 100))
        #expect(matches.count == 41 && matches.allSatisfy { $0.score == Float(version) })
        #expect(try snapshot.item(id: "p3")?.number("version") == Double(version))
        return (version, snapshot.transaction)
      }
      #expect(seen.0 >= version && seen.1 >= commit)
      if seen.0 > version { versions += 1 }
      (version, commit) = seen
      reads += 1
      guard reads < 1_000_000 else { throw TestFailure("the writer does not get on: version \(version)") }
    }
    let answer = try writer.line()
    #expect(answer == "ok \(last)")
    let watched = try reader.line() ?? ""
    #expect(watched.hasPrefix("ok"), "\(watched)")
    print(
      "two processes: this one read \(reads) times and saw \(versions) versions, the other \(watched.dropFirst(3))"
    )
    #expect(versions > 5)
    #expect(try writer.finish() == .exited(0))
    #expect(try reader.finish() == .exited(0))
    #expect(try store.verify().problems == [])
  }

  @Test func writersOfTwoProcessesTakeTurns() throws {
    let directory = try TemporaryDirectory()
    let store = try Store.testing(directory)
    defer { store.close() }
    try store.createSpace(SpaceConfiguration(name: "numbers", of: .items, dimension: 4, metric: .l2))
    let children = try (0..<2).map { _ in try ChildProcess(store: store.path) }
    for child in children { #expect(try child.run("open").hasPrefix("ok")) }
    for number in 0..<40 {
      for (index, child) in children.enumerated() {
        child.send("upsert \(number) c\(index)-\(number) shared")
        child.send("append \(number) u\(index) i\(number)")
      }
    }
    for number in 0..<40 {
      try store.append(Event(user: "u2", item: "i\(number)", time: .init(milliseconds: 1)))
    }
    for child in children {
      for _ in 0..<80 { #expect(try child.line()?.hasPrefix("ok") == true) }
      #expect(try child.finish() == .exited(0))
    }
    let statistics = try store.statistics()
    #expect(statistics.events == 120 && statistics.users == 3)
    #expect(try store.read { try $0.space("numbers").count } == 81)
    #expect(try store.read { try $0.vector("numbers", id: "shared")?.first } == 39)
    #expect(try store.verify().problems == [])
  }
}
