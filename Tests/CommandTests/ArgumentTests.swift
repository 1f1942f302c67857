import Foundation
import Testing

/// Two users "caf\xE9" and "caf\xE8" became one, and a file of such a name was not found: arguments that are not UTF-8
/// were mended without a word, since `CommandLine.arguments` does so. The same befell ids in files of ids and of
/// sessions.
@Suite struct ArgumentTests {
  @Test(arguments: [
    #"append shop.kindred --user "$(printf 'b\350te')" --item i"#,
    #"append shop.kindred --user u --item "$(printf '\300\257')""#,
    #"delete shop.kindred items "$(printf '\355\240\200')""#,
    #"create "$(printf 'n\377.kindred')""#,
    #"stats "$(printf '\364\220\200\200')""#,
    #"query shop.kindred t --text "$(printf 'na\357ve')""#,
  ]) func argumentsAreUTF8(line: String) throws {
    let place = try Workplace()
    let outcome = try place.shell("$KINDRED \(line) --json")
    #expect(outcome.exitCode == 64, "\(outcome)")
    let error = try outcome.jsonError()
    #expect(error.code == "usage" && error.message.contains(#"\x"#), "\(error.message)")
    #expect(try place.files() == ["shop.kindred", "shop.kindred-lock"])
    let people = try place.shell("$KINDRED \(line)")
    #expect(people.exitCode == 64 && people.standardError.hasPrefix("kindred: argument "))
  }

  @Test func filesOfIDsAreUTF8() throws {
    let place = try Workplace.ring()
    try place.expect("embed", "shop.kindred", "--space", "t", "--dimension", "16")
    try place.expect("train", "shop.kindred", "--epochs", "1", "--dimension", "16", "--quiet")
    try place.expect(
      "space", "create", "shop.kindred", "own", "--of", "items", "--dimension", "16",
      "--metric", "l2")
    try place.write("ids.txt", Data("i1\n".utf8) + Data([0x61, 0xE9, 0x0A]))
    try place.write(
      "line.jsonl", Data("[\"i1\"]\n{\"session\":[\"".utf8) + Data([0xC3]) + Data("\"]}\n".utf8))
    try place.write("v.npy", npy("<f4", rows: 2, columns: 16, [Float](repeating: 1, count: 32)))
    let lines = [
      "query shop.kindred t --text bag --exclude-file ids.txt", "recommend shop.kindred --users ids.txt",
      "recommend shop.kindred --sessions ids.txt", "recommend shop.kindred --sessions line.jsonl",
      "recommend shop.kindred --sessions - < ids.txt", "upsert shop.kindred own v.npy --ids ids.txt",
      "evaluate shop.kindred --test ids.txt --baselines popularity",
    ]
    for line in lines {
      let outcome = try place.shell("$KINDRED \(line)")
      #expect(outcome.exitCode == 65, "\(line): \(outcome)")
      #expect(
        outcome.standardError.contains("line 2") && outcome.standardError.contains("UTF-8"), "\(outcome)")
    }
  }

  /// With few descriptors left the command ended in SIGILL or with "internal error": the threads of the runtime need
  /// some and do not ask.
  @Test(arguments: [4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20, 24, 40])
  func fewDescriptorsAreAnError(limit: Int) throws {
    let place = try RecordCommandTests.shop()
    try place.expect("embed", "shop.kindred", "--space", "t", "--dimension", "16")
    for command in [
      "create n.kindred", "stats shop.kindred", "import shop.kindred --items items.jsonl",
      "compact shop.kindred",
      "query shop.kindred t --text bag", "export shop.kindred --items o.jsonl", "rebuild shop.kindred",
    ] {
      let outcome = try place.shell("ulimit -n \(limit) && exec $KINDRED \(command)")
      #expect(outcome.exitCode == (limit < 27 ? 74 : 0), "\(command) with \(limit): \(outcome)")
      if limit < 27 { #expect(outcome.standardError.contains("ulimit -n"), "\(outcome.standardError)") }
    }
  }
}
