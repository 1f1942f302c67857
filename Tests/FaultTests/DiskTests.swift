import Basics
import TestSupport
import Testing

/// The model of a disk that loses power: what is certain, what may be there, and what may not.
@Suite struct DiskTests {
  /// Every image that many draws make after some records on files of one name each.
  private func images(
    _ records: [Recording.Record], from files: [String: [UInt8]] = [:], _ cut: PowerCut,
    inFlight: Bool = false,
    ignoringSyncs: Bool = false
  ) throws -> Set<[String: [UInt8]]> {
    var disk = Disk(files, ignoringSyncs: ignoringSyncs)
    for (index, record) in records.enumerated() {
      try disk.apply(record, isInFlight: inFlight && index == records.count - 1)
    }
    var generator = SeededGenerator(seed: 5)
    return Set((0..<400).map { _ in cut.image(of: disk, using: &generator) })
  }

  private static func open(_ file: Int, _ name: String, isNew: Bool = false, isDirectory: Bool = false)
    -> Recording.Record
  {
    .open(file: file, name: name, isNew: isNew, isEmptied: false, isDirectory: isDirectory)
  }

  private static func write(_ file: Int, _ offset: Int, _ bytes: [UInt8], isDurable: Bool = false)
    -> Recording.Record
  {
    .write(file: file, offset: offset, bytes: bytes[...], isDurable: isDurable)
  }

  @Test func aPrefixEndsSomewhere() throws {
    let records = [Self.open(1, "a"), Self.write(1, 0, [1]), Self.write(1, 1, [2]), Self.write(1, 2, [3])]
    let files = try images(records, from: ["a": [0, 0, 0]], .prefix)
    #expect(files == [["a": [0, 0, 0]], ["a": [1, 0, 0]], ["a": [1, 2, 0]], ["a": [1, 2, 3]]])
  }

  @Test func whatIsNotSyncedMayBeMissing() throws {
    let records = [Self.open(1, "a"), Self.write(1, 0, [1]), Self.write(1, 1, [2])]
    let all: Set<[String: [UInt8]]> = [["a": [0, 0]], ["a": [1, 0]], ["a": [0, 2]], ["a": [1, 2]]]
    for cut in [PowerCut.dropped, .reordered, .torn] {
      #expect(try images(records, from: ["a": [0, 0]], cut) == all, "\(cut)")
    }
    // Another order shows where two writes are to one place.
    let twice = [Self.open(1, "a"), Self.write(1, 0, [1]), Self.write(1, 0, [2]), Self.write(1, 1, [3])]
    let both: Set<[String: [UInt8]]> = [["a": [1, 3]], ["a": [2, 3]]]
    #expect(try images(twice, from: ["a": [0, 0]], .reordered).isSuperset(of: both))
  }

  @Test(arguments: PowerCut.allCases) func whatIsSyncedIsThere(cut: PowerCut) throws {
    let synced = [Self.open(1, "a"), Self.write(1, 0, [1, 2, 3]), .sync(file: 1)]
    #expect(try images(synced, from: ["a": []], cut) == [["a": [1, 2, 3]]])
    #expect(try images(synced, from: ["a": []], cut, ignoringSyncs: true).contains(["a": []]))
    // The sync is only begun.
    #expect(try images(synced, from: ["a": []], cut, inFlight: true).contains(["a": []]))
    let durable = [Self.open(1, "a"), Self.write(1, 0, [1]), Self.write(1, 0, [2], isDurable: true)]
    #expect(try images(durable, from: ["a": [0]], cut) == [["a": [2]]])
    #expect(try images(durable, from: ["a": [0]], cut, inFlight: true).contains(["a": [0]]))
    let later = durable + [Self.write(1, 1, [3])]
    #expect(try images(later, from: ["a": [0, 0]], cut) == [["a": [2, 0]], ["a": [2, 3]]])
  }

  @Test(arguments: PowerCut.allCases) func namesAreCertainAfterASyncOfTheDirectory(cut: PowerCut) throws {
    let renamed = [
      Self.open(1, "draft", isNew: true), Self.write(1, 0, [1]), .sync(file: 1), .rename("draft", to: "a"),
    ]
    let found = try images(renamed, from: ["a": [0]], cut)
    #expect(found.contains(["a": [0]]) && found.contains(["a": [1]]))
    #expect(
      found.isSubset(of: [["a": [0]], ["a": [1]], ["a": [0], "draft": [1]], ["a": [1], "draft": [1]]]))
    let synced = renamed + [Self.open(2, "", isDirectory: true), .sync(file: 2)]
    #expect(try images(synced, from: ["a": [0]], cut) == [["a": [1]]])
    let linked = [Self.open(1, "a"), .link("a", to: "b"), .unlink("a")]
    #expect(try images(linked, from: ["a": [0]], cut).contains(["b": [0]]))
  }

  @Test func tornWritesLoseSectors() throws {
    let records = [Self.open(1, "a"), Self.write(1, 256, [UInt8](repeating: 1, count: 1_024))]
    let found = try images(records, from: ["a": [UInt8](repeating: 0, count: 1_536)], .torn)
    for files in found {
      let bytes = try #require(files["a"])
      // Sectors end at 512 and 1,024, and bytes of one are old or new together.
      for range in [0..<256, 256..<512, 512..<1_024, 1_024..<1_280, 1_280..<1_536] {
        #expect(Set(bytes[range]).count == 1)
      }
      #expect(bytes[0] == 0 && bytes[1_280] == 0)
    }
    #expect(found.count == 8)
  }

  @Test func aFileMayGrowWithoutItsBytes() throws {
    let records = [Self.open(1, "a"), Self.write(1, 1, [1, 2])]
    let found = try images(records, from: ["a": [9]], .dropped)
    #expect(found == [["a": [9]], ["a": [9, 0, 0]], ["a": [9, 1, 2]]])
    #expect(
      try images(records + [.resize(file: 1, length: 0)], from: ["a": [9]], .prefix).contains(["a": []]))
  }
}
