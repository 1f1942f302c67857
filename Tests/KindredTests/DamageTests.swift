import Basics
import Kindred
import Platform
import TestSupport
import Testing

/// Files that are no store, or not all of one, or one with changed bits: a clear error or a right answer, never a trap.
/// The reading is done in processes of their own, so that a trap is seen as one.
@Suite struct DamageTests {
  let directory: TemporaryDirectory
  let bytes: [UInt8]
  let dumpCommand: String

  /// About 1,000 items with everything a store can hold, compacted so that every page is in use.
  init() throws {
    var shop = try ShopFixture(count: 950, tail: 50, seed: 41)
    directory = shop.directory
    for number in 0..<300 {
      try shop.store.append(
        Event(
          user: "u\(number % 5)", item: "i\(number)", time: Timestamp(milliseconds: Int64(number)),
          session: "s",
          value: Double(number)))
    }
    try shop.store.delete(["i5", "i955"], kind: .items)
    try shop.store.compact()
    shop.store.close()
    bytes = try readFile(shop.store.path)
    let queries = (0..<2).map { _ in shop.nextVector().map { "\($0)" }.joined(separator: ",") }
    dumpCommand = "dump content " + queries.joined(separator: " ")
  }

  /// What a child says about a file.
  private struct Testimony {
    /// Of the walk over the pages, before anything is opened.
    var pages = ""
    var opening = ""
    var verdict = ""
    /// The answer to each question of the dump.
    var answers: [String: String] = [:]
    var end = ChildProcess.End.exited(0)
  }

  private func examine(_ content: [UInt8], _ name: String) throws -> Testimony {
    let path = try directory.write(content, to: name)
    defer { for suffix in ["", "-lock"] { unlink(path + suffix) } }
    let child = try ChildProcess(store: path)
    var testimony = Testimony()
    child.send("pages")
    testimony.pages = try child.line() ?? ""
    // What is wrong in the pages is not for the library to find.
    guard testimony.pages == "ok sound" else {
      testimony.opening = testimony.pages.hasPrefix("ok") ? "error corrupted" : testimony.pages
      testimony.end = try child.finish()
      return testimony
    }
    for command in ["open", dumpCommand, "verify"] { child.send(command) }
    var finals: [String] = []
    // Its input stays open until all is said, so that a child which is still at work is not taken for one that ended.
    while finals.count < 3, let line = try child.line() {
      if line.hasPrefix("- ") {
        let words = line.dropFirst(2).split(separator: " ", maxSplits: 1).map(String.init)
        testimony.answers[words[0]] = words.count > 1 ? words[1] : ""
      } else {
        finals.append(line)
      }
    }
    testimony.opening = finals.first ?? ""
    testimony.verdict = finals.count > 2 ? finals[2] : ""
    testimony.end = try child.finish()
    return testimony
  }

  @Test func truncatedAndForeignFilesAreRefused() throws {
    var generator = SeededGenerator(seed: 42)
    let intact = try examine(bytes, "intact")
    #expect(intact.opening.hasPrefix("ok") && intact.verdict == "ok sound" && intact.end == .exited(0))
    #expect(!intact.answers.isEmpty && intact.answers.values.allSatisfy { !$0.hasPrefix("error") })

    var cuts = [0, 1, 15, 16, 100, 4_095, 4_096, 4_097, 8_191, 8_192, bytes.count - 4_096, bytes.count - 1]
    cuts += (0..<12).map { _ in Int.random(in: 1..<bytes.count, using: &generator) }
    for cut in cuts {
      let testimony = try examine(Array(bytes[..<cut]), "cut\(cut)")
      #expect(
        testimony.opening.hasPrefix("error corrupted") || testimony.opening.hasPrefix("error foreign"),
        "\(cut): \(testimony.opening)")
      #expect(testimony.end == .exited(0), "cut at \(cut)")
    }
    let random = (0..<40_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let others: [(String, [UInt8])] = [
      ("zeros", Array(repeating: 0, count: 65_536)), ("ones", Array(repeating: 0xFF, count: 65_536)),
      ("random", random), ("text", Array(String(repeating: "id,text\n", count: 3_000).utf8)),
      ("sqlite", Array("SQLite format 3\0".utf8) + random), ("headless", Array(bytes.dropFirst(4_096))),
      ("nothing behind the header", Array(bytes[..<8_192]) + Array(repeating: 0, count: bytes.count - 8_192)),
    ]
    for (name, content) in others {
      let testimony = try examine(content, "other")
      #expect(testimony.end == .exited(0), "\(name), \(generator)")
      let isRefused = ["error corrupted", "error foreign"].contains { testimony.opening.hasPrefix($0) }
      #expect(isRefused, "\(name), \(generator): \(testimony.opening)")
    }
  }

  /// Both forms of `verify` walk the pages; a page that is no page is named before anything is opened.
  @Test func verifyNamesTheDamagedPage() throws {
    let sound = try Store.verify(at: directory.write(bytes, to: "sound"))
    #expect(
      sound.ok
        && sound.checked["pages", default: 0] + sound.checked["free pages", default: 0] >= bytes.count / 4_096
    )
    var named = 0
    for page in stride(from: 2, to: bytes.count / 4_096, by: 7) {
      var damaged = bytes
      damaged.replaceSubrange(page * 4_096..<(page + 1) * 4_096, with: repeatElement(0, count: 4_096))
      let path = try directory.write(damaged, to: "damaged \(page)")
      // A root of a table is refused; what lies inside a large value is not for the walk.
      guard let report = try? Store.verify(at: path), !report.ok else { continue }
      guard report.problems.contains(where: { $0.contains("page \(page) says") }) else { continue }
      named += 1
      #expect(access(path + "-lock", F_OK) != 0, "page \(page): it was opened")
    }
    #expect(named > 3)
  }

  @Test func absentFilesAndFoldersAreNotMade() throws {
    let path = directory.file("absent.kindred")
    #expect(code { try Store.open(at: path) } == .notFound)
    #expect(access(path, F_OK) != 0 && access(path + "-lock", F_OK) != 0)
    #expect(code { try Store.open(at: directory.path) } != nil)
    #expect(code { try Store.create(at: directory.file("no/such/folder.kindred")) } != nil)
    let text = try directory.write("mine", to: "notes.txt")
    #expect(code { try Store.create(at: text) } == .alreadyExists)
    #expect(try readFile(text) == Array("mine".utf8))
    #expect(code { try Store.open(at: text) } != nil)
    #expect(try readFile(text) == Array("mine".utf8))
  }

  /// What is done to a copy of the file.
  enum Damage: String, CaseIterable {
    case bitAnywhere, bitInFirstPages, bytesAtAPageHeader, zeroedPage, copiedPage, swappedPages, tornPage

    /// Copies that are damaged; `KINDRED_DAMAGE=N` takes N times as many.
    var rounds: Int {
      let factor = getenv("KINDRED_DAMAGE").flatMap { Int(String(cString: $0)) } ?? 1
      return factor * (self == .bitAnywhere ? 140 : self == .bitInFirstPages ? 60 : 40)
    }

    /// - Returns: where.
    func apply(to bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String {
      let size = 4_096
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let (page, other) = (
        place / size * size, Int.random(in: 0..<bytes.count / size, using: &generator) * size
      )
      switch self {
      case .bitAnywhere: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case .bitInFirstPages: bytes[place % (4 * size)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case .bytesAtAPageHeader:
        for _ in 0..<3 {
          bytes[page + Int.random(in: 0..<64, using: &generator)] = .random(in: 0...255, using: &generator)
        }
      case .zeroedPage: bytes.replaceSubrange(page..<page + size, with: repeatElement(0, count: size))
      case .copiedPage: bytes.replaceSubrange(other..<other + size, with: bytes[page..<page + size])
      case .swappedPages:
        let first = Array(bytes[page..<page + size])
        bytes.replaceSubrange(page..<page + size, with: bytes[other..<other + size])
        bytes.replaceSubrange(other..<other + size, with: first)
      case .tornPage:
        let cut = 512 * Int.random(in: 1..<8, using: &generator)
        bytes.replaceSubrange(page + cut..<page + size, with: bytes[other + cut..<other + size])
      }
      return "\(self) at byte \(place), page \(page / size), other \(other / size), \(generator)"
    }
  }

  /// The pages are walked first: where nothing is wrong in them, what is asked has the right answer or an error, what
  /// is wrong is found by `verify`, and the process ends by itself.
  @Test(arguments: Damage.allCases) func damageIsAnErrorOrHarmless(damage: Damage) throws {
    var generator = SeededGenerator(seed: 43)
    let intact = try examine(bytes, "intact")
    var counts: [String: Int] = [:]
    for round in 0..<damage.rounds {
      var damaged = bytes
      let where_ = damage.apply(to: &damaged, &generator)
      let testimony = try examine(damaged, "turned\(round)")
      #expect(testimony.end == .exited(0), "\(where_)")
      guard testimony.opening.hasPrefix("ok") else {
        counts[testimony.pages == "ok sound" ? "refused" : "found in the pages", default: 0] += 1
        #expect(testimony.opening.hasPrefix("error"), "\(where_)")
        continue
      }
      let wrong = intact.answers.filter { name, answer in
        let found = testimony.answers[name] ?? "nothing"
        return found != answer && !found.hasPrefix("error")
      }
      let isNoticed = testimony.verdict != "ok sound"
      let isError = testimony.answers.values.contains { $0.hasPrefix("error") }
      counts[
        wrong.isEmpty ? (isError ? "error" : isNoticed ? "found by verify" : "harmless") : "wrong", default: 0
      ] += 1
      #expect(wrong.isEmpty || isNoticed, "\(where_): \(wrong.keys.sorted().joined(separator: " "))")
    }
    print("\(damage): \(counts.sorted { $0.key < $1.key })")
  }
}
