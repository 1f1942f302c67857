import Basics
import Kindred
import Platform
import TestSupport
import Testing

/// Files that are no store, or not all of one, or one with changed bytes: a clear error or a right answer, never a
/// trap. The reading is done in processes of their own, so that a trap is seen as one.
@Suite struct DamageTests {
  private let directory: TemporaryDirectory
  private let file: DamagedStoreFile
  private var bytes: [UInt8] { file.newer }
  private let examiner: Examiner

  init() throws {
    directory = try TemporaryDirectory()
    let fixture = try Fixture.made.get()
    file = fixture.file
    examiner = Examiner(directory, dumpCommand: fixture.dumpCommand)
  }

  /// Some hundred items with everything a store can hold, compacted and then written to, so that there are pages of
  /// several moments; small, so that most damage is done to what is in use.
  private struct Fixture {
    let file: DamagedStoreFile
    let dumpCommand: String

    /// Made once: all tests read it.
    static let made = Result { try Fixture() }

    init() throws {
      var shop = try ShopFixture(count: 300, tail: 20, seed: 41)
      for number in 0..<200 {
        try shop.store.append(
          Event(
            user: "u\(number % 5)", item: "i\(number)", time: Timestamp(milliseconds: Int64(number)),
            session: "s", value: Double(number)))
      }
      try shop.store.delete(["i5", "i315"], kind: .items)
      try shop.store.compact()
      shop.store.close()
      var older: [UInt8] = []
      for round in 0..<8 {
        // A snapshot that is kept for the next query would keep pages from being used again.
        let store = try Store.open(at: shop.store.path, options: .testing)
        defer { store.close() }
        let ids = (0..<5).map { "i\(($0 * 47 + round) % 280 + 10)" }
        try store.upsert("content", ids: ids, vectors: ids.flatMap { _ in shop.nextVector() })
        try store.upsert(
          ids.map {
            Item(id: $0, text: "text of round \(round)", attributes: ["price": .number(Double(round))])
          })
        try store.append(
          Event(user: "u\(round % 5)", item: ids[0], time: Timestamp(milliseconds: Int64(1_000 + round))))
        if round == 3 { older = try readFile(shop.store.path) }
      }
      file = DamagedStoreFile(newer: try readFile(shop.store.path), older: older)
      let queries = (0..<2).map { _ in shop.nextVector().map { "\($0)" }.joined(separator: ",") }
      dumpCommand = "dump content " + queries.joined(separator: " ")
    }
  }

  @Test func truncatedAndForeignFilesAreRefused() throws {
    var generator = SeededGenerator(seed: 42)
    let intact = try examiner.examine(bytes, "intact")
    #expect(intact.opening.hasPrefix("ok") && intact.verdict == "ok sound" && intact.end == .exited(0))
    #expect(!intact.answers.isEmpty && intact.answers.values.allSatisfy { !$0.hasPrefix("error") })

    var cuts = [0, 1, 15, 16, 100, 4_095, 4_096, 4_097, 8_191, 8_192, bytes.count - 4_096, bytes.count - 1]
    cuts += (0..<12).map { _ in Int.random(in: 1..<bytes.count, using: &generator) }
    for cut in cuts {
      let testimony = try examiner.examine(Array(bytes[..<cut]), "cut\(cut)")
      // What is cut off may be free pages.
      if testimony.opening.hasPrefix("ok") {
        #expect(testimony.verdict == "ok sound" && testimony.differences(from: intact) == [], "cut at \(cut)")
        continue
      }
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
      let testimony = try examiner.examine(content, "other")
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

  private static func setting(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }

  /// Copies that are damaged in each way; `KINDRED_DAMAGE=N` takes N times as many, `KINDRED_DAMAGE_SEED=S` others.
  private static func rounds(_ damage: FileDamage) -> Int {
    (setting("KINDRED_DAMAGE") ?? 1)
      * (damage == .bitAnywhere ? 300 : damage == .bitInFirstPages ? 150 : 120)
  }

  /// The pages are walked first: where nothing is wrong in them, what is asked has the right answer or an error, what
  /// is wrong is found by `verify`, and the process ends by itself.
  @Test(arguments: FileDamage.allCases) func damageIsAnErrorOrHarmless(damage: FileDamage) throws {
    var generator = SeededGenerator(seed: UInt64(Self.setting("KINDRED_DAMAGE_SEED") ?? 43))
    let intact = try examiner.examine(bytes, "intact")
    var counts: [String: Int] = [:]
    for _ in 0..<Self.rounds(damage) {
      guard let (damaged, place) = file.damaged(damage, &generator) else { continue }
      let testimony = try examiner.examine(damaged, "turned")
      if case .killed = testimony.end { counts["signal", default: 0] += 1 }
      #expect(testimony.end == .exited(0), "\(place)")
      guard testimony.opening.hasPrefix("ok") else {
        counts[testimony.pages == "ok sound" ? "refused" : "found in the pages", default: 0] += 1
        #expect(testimony.opening.hasPrefix("error"), "\(place)")
        continue
      }
      let wrong = testimony.differences(from: intact)
      let isNoticed = testimony.verdict != "ok sound"
      let isError = testimony.answers.values.contains { $0.hasPrefix("error") }
      counts[
        !wrong.isEmpty && !isNoticed
          ? "wrong" : isError ? "error" : isNoticed ? "found by verify" : "harmless", default: 0
      ] += 1
      // Of a page of an earlier moment every checksum is right: it is found where something else refers to it.
      #expect(
        wrong.isEmpty || isNoticed || damage == .stalePage, "\(place): \(wrong.joined(separator: " "))")
    }
    print("\(damage): \(counts.sorted { $0.key < $1.key })")
  }

  /// Counts what becomes of damaged files that are opened without `verify`: `KINDRED_UNVERIFIED=N` files of each kind.
  @Test(.enabled(if: getenv("KINDRED_UNVERIFIED") != nil), arguments: FileDamage.allCases)
  func readingWithoutVerifyIsCounted(damage: FileDamage) throws {
    var generator = SeededGenerator(seed: 44)
    let intact = try examiner.examine(bytes, "intact", walksPages: false)
    var counts: [String: Int] = [:]
    for _ in 0..<(Self.setting("KINDRED_UNVERIFIED") ?? 0) {
      guard let (damaged, _) = file.damaged(damage, &generator) else { continue }
      let testimony = try examiner.examine(damaged, "turned", walksPages: false)
      let outcome =
        if case .killed(let signal) = testimony.end {
          "signal \(signal)"
        } else if !testimony.opening.hasPrefix("ok") {
          "refused"
        } else if testimony.answers.values.contains(where: { $0.hasPrefix("error") }) {
          "error"
        } else {
          testimony.differences(from: intact).isEmpty ? "right" : "wrong"
        }
      counts[outcome, default: 0] += 1
    }
    print("\(damage) unverified: \(counts.sorted { $0.key < $1.key })")
  }
}
