import Foundation
import Testing

/// What `query` and `recommend` print and leave out.
@Suite struct AnswerCommandTests {
  private func shop() throws -> Workplace {
    let place = try Workplace.ring(users: 24, items: 8, steps: 4)
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1", "-q")
    return place
  }

  private func matches(_ answer: [String: Any]) -> [[String: Any]] {
    answer["matches"] as? [[String: Any]] ?? []
  }

  // An empty line of --sessions, a shopper without a history, was skipped, and everybody behind it got the answer of
  // somebody else: mailings went to the wrong people. A line of a JSON array was taken for two ids with brackets in
  // them.
  @Test func everyLineOfSessionsHasItsAnswer() throws {
    let place = try shop()
    let lines = "i1,i2\n\n[\"i3\",\"i4\"]\r\n\r\n{\"session\":[]}\n   \nnosuch,i5\n"
    try place.write("sessions.txt", lines)
    let sessions = [["i1", "i2"], [], ["i3", "i4"], [], [], [], ["nosuch", "i5"]]
    for outcome in [
      try place.expect("recommend", "shop.kindred", "--sessions", "sessions.txt", "-k", "2", "--json"),
      try place.expect("recommend", "shop.kindred", "--sessions", "-", "-k", "2", "--json", input: lines),
    ] {
      let answers = try outcome.jsonLines()
      #expect(answers.map { $0["session"] as? [String] } == sessions)
      #expect(answers.map { $0["query"] as? Int } == Array(0..<7))
      #expect(matches(answers[1]).allSatisfy { $0["by"] as? String == "popularity" })
      #expect(matches(answers[2]).allSatisfy { $0["by"] as? String == "session" })
      #expect(outcome.standardError.contains("the store has no item 'nosuch'"))
    }
    try place.write("bad.txt", "i1\n[1,\n")
    try place.expectFailure("badInput", 65, "recommend", "shop.kindred", "--sessions", "bad.txt")
  }

  // --sessions - answered at the end of input only, and a first line of one or two bytes waited for a third: a
  // coprocess that waits for its answer before it asks again hung for ever.
  @Test func eachLineIsAnsweredBeforeTheNext() throws {
    let place = try shop()
    let (input, output) = (Pipe(), Pipe())
    let process = Process()
    process.executableURL = KindredProcess.executable
    process.arguments = ["recommend", "shop.kindred", "--sessions", "-", "-k", "1", "--json"]
    process.currentDirectoryURL = place.folder
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let watchdog = DispatchWorkItem { process.terminate() }
    DispatchQueue.global().asyncAfter(deadline: .now() + 60, execute: watchdog)
    for (number, line) in ["\n", "i2\n", "i3,i4\n"].enumerated() {
      try input.fileHandleForWriting.write(contentsOf: Data(line.utf8))
      let answer = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      #expect(answer.hasPrefix("{\"query\":\(number),") && answer.hasSuffix("}\n"), "\(answer)")
    }
    try input.fileHandleForWriting.close()
    process.waitUntilExit()
    watchdog.cancel()
    #expect(process.terminationStatus == 0)
  }

  // Answers had ids and scores alone: every shop looked titles and prices up again, from another commit.
  @Test func fieldsComeWithTheAnswer() throws {
    let place = try shop()
    try place.expect("embed", "shop.kindred", "--space", "content")
    for arguments in [
      ["query", "shop.kindred", "content", "--text", "thing"],
      ["recommend", "shop.kindred", "--session", "i3"],
    ] {
      let outcome = try KindredProcess.start(
        arguments + ["--fields", "text,price,url", "--json"], in: place.folder
      ).wait()
      let found = matches(try outcome.json())
      #expect(!found.isEmpty)
      for match in found {
        let fields = try #require(match["fields"] as? [String: Any])
        let number = try #require(match["id"] as? String).dropFirst()
        #expect(fields["text"] as? String == "thing \(number)")
        #expect(fields["price"] as? Int == Int(number))
        #expect(fields["url"] is NSNull)
      }
      let table = try KindredProcess.start(arguments + ["--fields", "price"], in: place.folder).wait()
      #expect(table.standardOutput.split(separator: "\n").first?.hasSuffix("price") == true)
      // Two spellings of "é" are two attributes; the second one got no column.
      let spellings = try KindredProcess.start(
        arguments + ["--fields", "caf\u{e9},cafe\u{301}", "--format", "csv"], in: place.folder
      ).wait()
      #expect(spellings.standardOutput.utf8.prefix { $0 != 0x0d }.count { $0 == UInt8(ascii: ",") } == 5)
    }
  }

  // Nothing could be left out of one answer, such as what is in the cart.
  @Test func excludedIdsNeverComeBack() throws {
    let place = try shop()
    try place.expect("embed", "shop.kindred", "--space", "content")
    try place.write("cart.txt", "i4\n\nunknown\ni5")
    for arguments in [
      ["query", "shop.kindred", "content", "--text", "thing"],
      ["recommend", "shop.kindred", "--session", "i3", "--keep-seen"],
      ["recommend", "shop.kindred", "--session", "", "--keep-seen"],
    ] {
      let outcome = try KindredProcess.start(
        arguments + [
          "-k", "20", "--exclude", "i1", "i2", "--exclude", "none", "--exclude-file", "cart.txt", "--json",
        ],
        in: place.folder
      ).wait()
      let found = matches(try outcome.json())
      #expect(Set(found.compactMap { $0["id"] as? String }) == ["i0", "i3", "i6", "i7"])
      #expect(found.count == 4)
    }
  }

  @Test func manyUsersInOneCall() throws {
    let place = try shop()
    try place.write("users.txt", "u1\nnobody\nu2\n")
    let answers = try place.expect(
      "recommend", "shop.kindred", "--users", "users.txt", "-k", "2", "--json"
    ).jsonLines()
    #expect(answers.map { $0["user"] as? String } == ["u1", "nobody", "u2"])
    for answer in answers {
      let user = try #require(answer["user"] as? String)
      let alone = try place.expect("recommend", "shop.kindred", "--user", user, "-k", "2", "--json").json()
      #expect(answer["matches"] as? NSArray == alone["matches"] as? NSArray)
    }
    let nothing = try place.expect("recommend", "shop.kindred", "--user", "u1", "--where", "price > 99")
    #expect(nothing.standardError.contains("no matches"))
  }

  // `query taste --user` answered with what the user had bought already, though factorize is tuned with that left out,
  // and nothing could leave it out.
  @Test func queriesByUserLeaveOutWhatIsKnown() throws {
    let place = try Workplace.ring(users: 24, items: 12, steps: 4)
    try place.expect(
      "factorize", "shop.kindred", "--space", "taste", "--dimension", "8", "--alpha", "3", "--lambda", "3")
    func ids(_ arguments: String...) throws -> Set<String> {
      let outcome = try KindredProcess.start(
        ["query", "shop.kindred", "taste", "--user", "u3", "-k", "100", "--json"] + arguments,
        in: place.folder
      ).wait()
      return Set(matches(try outcome.json()).compactMap { $0["id"] as? String })
    }
    let all = Set((0..<12).map { "i\($0)" })
    let seen: Set = ["i3", "i4", "i5", "i6"]
    #expect(try ids() == all.subtracting(seen))
    #expect(try ids("--remove-seen") == all.subtracting(seen))
    #expect(try ids("--keep-seen") == all)
    #expect(try ids("--exclude", "i9") == all.subtracting(seen).subtracting(["i9"]))
    try place.expectFailure(
      "usage", 64, "query", "shop.kindred", "taste", "--like", "i1", "--keep-seen")
    // What --user needs was a riddle: no space "content-users".
    try place.expect("embed", "shop.kindred", "--space", "content")
    let wrong = try place.run("query", "shop.kindred", "content", "--user", "u3")
    #expect(wrong.exitCode == 66)
    for word in ["kindred factorize", "kindred train", "\"taste\""] {
      #expect(wrong.standardError.contains(word), "\(wrong.standardError)")
    }
  }

  // A user that nobody knows got an answer without a word, a misspelt id in a mailing too.
  @Test func unknownUsersAreSaid() throws {
    let place = try shop()
    let one = try place.expect("recommend", "shop.kindred", "--user", "nosuch", "--json")
    #expect(one.standardError.contains("no user 'nosuch'"))
    #expect(matches(try one.json()).allSatisfy { $0["by"] as? String == "popularity" })
    try place.write("users.txt", "u1\nx1\nx2\nx3\nx4\n")
    let many = try place.expect("recommend", "shop.kindred", "--users", "users.txt")
    #expect(many.standardError.contains("no users 'x1', 'x2', 'x3' and 1 more"), "\(many.standardError)")
    #expect(try place.expect("recommend", "shop.kindred", "--user", "u1").standardError.isEmpty)
    #expect(try place.expect("recommend", "shop.kindred", "--user", "x", "-q").standardError.isEmpty)
  }

  // The whole history stood under "because", hundreds of items with contributions of a ten-thousandth or below 0, ids
  // instead of titles, and at 80 columns nothing of it was to be seen.
  @Test func reasonsAreFewAndSayHowManyUsersTookBoth() throws {
    let place = try shop()
    let found = matches(
      try place.expect(
        "recommend", "shop.kindred", "--session", "i0,i1,i2,i3,i4,i5", "--explain", "--keep-seen", "--json"
      ).json())
    #expect(!found.isEmpty)
    for match in found where match["by"] as? String == "session" {
      let because = try #require(match["because"] as? [[String: Any]])
      #expect(because.count <= 3)
      #expect(because.allSatisfy { ($0["contribution"] as? Double ?? 0) > 0 })
      for reason in because {
        let users = reason["users"] as? Int
        #expect(users.map { $0 >= 3 } ?? (reason["item"] as? String == match["id"] as? String))
      }
    }
    let table = try place.expect("recommend", "shop.kindred", "--session", "i3,i4", "-k", "2", "--explain")
      .standardOutput.split(separator: "\n")
    #expect(table.first?.contains("because") == false)
    let reason = try #require(table.dropFirst(2).first)
    #expect(reason.hasPrefix("      because of ") && reason.hasSuffix("users took both)"), "\(reason)")
  }

  /// Of two spellings of one name only the first was shown, and of two unknown ids one was counted.
  @Test func fieldsAndUnknownIDsAreBytes() throws {
    let place = try Workplace()
    let rows = "{\"id\":\"a\",\"\u{fc}\":1,\"u\u{308}\":2}\n{\"id\":\"b\"}"
    try place.expect("import", "shop.kindred", "--items", "-", "--format", "jsonl", input: rows)
    try place.expect("append", "shop.kindred", "--user", "u", "--item", "a")
    let answer = try place.expect(
      "recommend", "shop.kindred", "--session", "\u{f6},o\u{308}", "--fields", "\u{fc},u\u{308}", "--json")
    #expect(
      answer.standardOutput.contains("\"fields\":{\"\u{fc}\":1,\"u\u{308}\":2}"), "\(answer.standardOutput)")
    #expect(answer.standardError.contains("items 'o\u{308}', '\u{F6}'"))
  }
}
