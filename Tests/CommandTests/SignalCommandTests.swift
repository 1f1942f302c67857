import Foundation
import Testing

/// `signals`, and what `recommend` does without a model.
@Suite struct SignalCommandTests {
  private func shop() throws -> Workplace {
    let place = try Workplace()
    let events = """
      user,item,time,kind,value
      u,bread,2020-01-01,view,
      u,butter,2020-01-02,purchase,2
      v,bread,2020-01-03,view,
      v,jam,2020-01-04,view,
      w,bread,2020-01-05,view,
      w,butter,2020-01-06,purchase,1
      me,bread,2020-01-07,purchase,1
      me,honey,2020-01-07,view,

      """
    try place.expect("import", "shop.kindred", "--events", "-", "--format", "csv", input: events)
    return place
  }

  @Test func signalsAreSetShownAndReset() throws {
    let place = try shop()
    let set = try place.expect(
      "signals", "set", "shop.kindred", "purchase=5", "view>=3<4=-1.5", "--targets", "purchase",
      "--half-life", "14d",
      "--json")
    let wanted =
      #"{"signals":[{"kind":"purchase","weight":5},{"kind":"view","atLeast":3,"below":4,"weight":-1.5}],"#
      + #""targets":["purchase"],"halfLifeSeconds":1209600}"#
    #expect(set.standardOutput == wanted + "\n")
    // One of the same kind and bounds is replaced.
    try place.expect("signals", "set", "shop.kindred", "purchase=3", "--targets", "")
    let table = try place.expect("signals", "get", "shop.kindred").standardOutput
    #expect(
      table.contains("purchase        3") && table.contains("view>=3<4    -1.5") && table.contains("14d"))
    for bad in ["purchase", "purchase=", "=3", "purchase>=x=1", "purchase=many"] {
      try place.expectFailure("usage", 64, "signals", "set", "shop.kindred", bad)
    }
    let refused = try KindredProcess.start(
      ["signals", "set", "shop.kindred", "purchse=5"], in: place.folder
    ).wait()
    #expect(refused.exitCode == 64 && refused.standardError.contains("'purchase', 'view'; --new-kinds"))
    try place.expectFailure("invalidArgument", 64, "signals", "set", "shop.kindred", "purchase=5000")
    try place.expectFailure("usage", 64, "signals", "set", "shop.kindred", "--half-life", "soon")
    try place.expect("signals", "set", "shop.kindred", "return=-3", "--new-kinds")
    let reset = try place.expect("signals", "reset", "shop.kindred", "--json")
    #expect(reset.standardOutput.hasPrefix(#"{"signals":[],"targets":[],"#))
  }

  @Test func everyMethodAnswers() throws {
    let place = try shop()
    func answer(_ arguments: String...) throws -> [(id: String, by: String)] {
      let outcome = try KindredProcess.start(
        ["recommend", "shop.kindred", "--json", "-k", "2"] + arguments, in: place.folder
      ).wait()
      #expect(outcome.exitCode == 0, "\(outcome.standardError)")
      let matches = try outcome.jsonLines().first?["matches"] as? [[String: Any]]
      return (matches ?? []).map { ($0["id"] as? String ?? "", $0["by"] as? String ?? "") }
    }
    let rules = try answer("--user", "me")
    #expect(rules.map(\.id) == ["butter", "jam"] && rules.allSatisfy { $0.by == "rules" })
    #expect(try answer("--session", "bread", "--by", "rules").map(\.id) == ["butter", "jam"])
    let popular = try answer("--user", "nobody", "--by", "popular")
    #expect(popular.map(\.id) == ["bread", "butter"] && popular.allSatisfy { $0.by == "popular" })
    #expect(try answer("--user", "nobody", "--by", "trending").first?.by == "trending")
    #expect(try answer("--user", "nobody", "--by", "newest").map(\.id) == ["honey", "jam"])
    // Bought for ever, viewed not; a purchase of long ago comes back.
    #expect(
      try answer("--user", "me", "--by", "popular", "--hide", "purchase").map(\.id).contains("bread") == false
    )
    let back = try answer(
      "--user", "me", "--by", "popular", "--hide", "purchase=30d", "--now", "2020-03-01")
    #expect(back.first?.id == "bread")
    let recent = try answer(
      "--user", "me", "--by", "popular", "--hide", "purchase=30d", "--now", "2020-01-20T00:00:00Z")
    #expect(recent.first?.id == "butter")
    try place.expectFailure(
      "recordNotFound", 66, "recommend", "shop.kindred", "--user", "me", "--by", "session")
    try place.expectFailure(
      "recordNotFound", 66, "recommend", "shop.kindred", "--user", "me", "--by", "similar")
    for wrong in [
      ["--by", "magic"], ["--hide", "purchase=soon"], ["--hide", "purchase", "--keep-seen"],
      ["--now", "later"],
      ["--by", "rules", "--diversity", "0.5"], ["--by", "rules", "--space", "v"],
    ] {
      let outcome = try KindredProcess.start(
        ["recommend", "shop.kindred", "--user", "me"] + wrong, in: place.folder
      ).wait()
      #expect(outcome.exitCode == 64, "\(wrong): \(outcome.standardError)")
    }
    try place.expectFailure(
      "usage", 64, "recommend", "shop.kindred", "--like", "bread", "--by", "rules")
  }

  @Test func countsAreMadeAgain() throws {
    let place = try shop()
    let counted = try place.expect("rebuild", "shop.kindred", "--counts", "--json")
    #expect(counted.standardOutput.hasPrefix(#"{"events":8,"#))
    try place.expectFailure("usage", 64, "rebuild", "shop.kindred", "--counts", "--words")
    let verified = try place.expect("verify", "shop.kindred", "--json")
    #expect(verified.standardOutput.contains(#""co-occurrences":"#))
    let evaluated = try place.expect("evaluate", "shop.kindred", "--json")
    #expect(evaluated.standardOutput.contains(#""counted""#))
  }
}
