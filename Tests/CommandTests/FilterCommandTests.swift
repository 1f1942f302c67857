import Foundation
import Testing

/// What `query`, `recommend` and `import` say of the names in a filter.
@Suite struct FilterCommandTests {
  private func shop() throws -> Workplace {
    let place = try Workplace.ring(users: 12, items: 8, steps: 4)
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1", "-q")
    try place.expect("embed", "shop.kindred", "--space", "content", "-q")
    return place
  }

  // `--where "prise < 3"` answered nothing, and `not prise < 3` everything, with exit code 0 and not a word.
  @Test func namesThatNoItemHasAreNoted() throws {
    let place = try shop()
    for arguments in [
      ["query", "shop.kindred", "content", "--text", "thing"],
      ["recommend", "shop.kindred", "--session", "i3"],
      ["recommend", "shop.kindred", "--user", "u1"],
    ] {
      for filter in ["prise < 3", "not prise", "prise is null or price = 1"] {
        for form in [[], ["--json"], ["--quiet"], ["--json", "--quiet"]] {
          let outcome = try KindredProcess.start(arguments + ["--where", filter] + form, in: place.folder)
            .wait()
          #expect(outcome.exitCode == 0)
          let isNoted = outcome.standardError.contains("no item has \"prise\"; did you mean \"price\"?\n")
          #expect(isNoted == !form.contains("--quiet"), "\(arguments) \(form): \(outcome.standardError)")
          #expect(!outcome.standardOutput.contains("did you mean"))
        }
      }
      let right = try KindredProcess.start(
        arguments + ["--where", "price < 3 and id != 'i0' and text like '%'", "--json"], in: place.folder
      ).wait()
      #expect(right.exitCode == 0 && right.standardError.isEmpty, "\(right.standardError)")
    }
  }

  @Test func namesThatNoRowHasAreNoted() throws {
    let place = try Workplace()
    try place.write("items.jsonl", "{\"id\":\"a\",\"year\":2010}\n{\"id\":\"b\"}\n")
    let people = try place.expect(
      "import", "shop.kindred", "--items", "items.jsonl", "--rows-where", "not yaer = 2010")
    #expect(people.standardError.contains("no row has \"yaer\"; did you mean \"year\"?\n"))
    let program = try place.expect(
      "import", "shop.kindred", "--items", "items.jsonl", "--rows-where", "yaer > 1", "--json")
    #expect(program.standardError == "no row has \"yaer\"; did you mean \"year\"?\n")
    let notes = try program.json()["items"] as? [String: Any]
    #expect(notes?["notes"] as? [String] == ["no row has \"yaer\"; did you mean \"year\"?"])
    let quiet = try place.expect(
      "import", "shop.kindred", "--items", "items.jsonl", "--rows-where", "yaer > 1", "--quiet")
    #expect(quiet.standardError.isEmpty)
    let known = try place.expect(
      "import", "shop.kindred", "--items", "items.jsonl", "--rows-where", "year > 1", "--json")
    #expect(known.standardError.isEmpty)
  }

  // A control character in a name reached the terminal as it was.
  @Test func namesInNotesArePrintable() throws {
    let place = try shop()
    let outcome = try place.expect(
      "query", "shop.kindred", "content", "--text", "thing", "--where", "`a\u{1B}[31m` = 1")
    #expect(outcome.standardError.contains("no item has \"a [31m\""))
  }

  @Test func helpNamesTheLanguage() throws {
    let place = try Workplace(store: false)
    for command in ["query", "recommend", "import"] {
      #expect(try place.expect(command, "--help").standardOutput.contains("docs/filters.md"))
    }
  }

  // `query --text 85099B` found what is spelt alike, and a shop took it for the item of that id.
  @Test func aTextThatIsAnIDIsNoted() throws {
    let place = try shop()
    let outcome = try place.expect("query", "shop.kindred", "content", "--text", "i3")
    #expect(outcome.standardError.contains("a record of the id \"i3\""))
    let other = try place.expect("query", "shop.kindred", "content", "--text", "thing")
    #expect(!other.standardError.contains("of the id"))
  }
}
