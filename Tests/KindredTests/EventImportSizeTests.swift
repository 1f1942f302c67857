import TestSupport
import Basics
import Testing

@testable import Importing
@testable import Kindred

/// A file of events by time made a store 3.8 times as large as its contents, for whoever imported more than a million
/// clicks: each transaction changed most pages of a table that is ordered by user.
@Suite struct EventImportSizeTests {
  @Test func aFileOfEventsByTimeLeavesHardlyAFreePage() throws {
    let directory = try TemporaryDirectory()
    let (userCount, eventCount) = (30_000, 300_000)
    var generator = SeededGenerator(seed: 11)
    var text = "user,item,time\n"
    for time in 0..<eventCount {
      let user = Int.random(in: 0..<userCount, using: &generator)
      text += "u\(user),i\(Int.random(in: 0..<5_000, using: &generator)),\(time)\n"
    }
    let file = try directory.write(text, to: "events.csv")
    let store = try Store.testing(directory)
    let report = try store.importRecords(ImportFiles(events: file))
    #expect(report.events?.stored == eventCount)
    let before = try store.statistics()
    #expect(before.usedBytes + before.freeBytes == before.fileBytes)
    try store.compact()
    let after = try store.statistics()
    // Lists of co-occurrences change in every transaction.
    #expect(
      Double(before.fileBytes) <= 1.4 * Double(after.fileBytes),
      "\(before.fileBytes) bytes, compacted \(after.fileBytes)")
    // What is free is said to be free: the contents are about as large before as after.
    #expect(Double(before.usedBytes) <= 1.2 * Double(after.usedBytes) && before.usedBytes >= after.usedBytes)
    store.close()
  }

  /// Rows that are dropped name nobody: their users and items must not become records.
  @Test func droppedRowsMakeNoRecords() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "user,item,time\nu1,i1,1\nu2,i2,tomorrow\n\(String(repeating: "x", count: 501)),i3,2\n",
      to: "events.csv")
    let store = try Store.testing(directory)
    let report = try store.importRecords(ImportFiles(events: file))
    #expect(report.events?.stored == 1)
    #expect(report.events?.dropped == ["bad time": 1, "bad id": 1])
    let statistics = try store.statistics()
    #expect(statistics.users == 1 && statistics.items == 1)
    store.close()
  }
}
