import Testing

/// After `space drop session`, `recommend` said "train one first" to who had trained for minutes. It could happen because the space was
/// looked for and the models were not.
@Suite struct UnservedModelTests {
  @Test func aModelThatIsNotServedIsNamed() throws {
    let place = try Workplace()
    var events = "user,item,time\n"
    for user in 0..<40 { for step in 0..<6 { events += "u\(user),i\((user + step) % 12),\(60 * step)\n" } }
    try place.write("events.csv", events)
    try place.expect("import", "shop.kindred", "--events", "events.csv")
    try place.expect("train", "shop.kindred", "--dimension", "16", "--epochs", "1")
    try place.expect("space", "drop", "shop.kindred", "session")
    let refused = try place.run("recommend", "shop.kindred", "--user", "u1")
    #expect(refused.exitCode == 66)
    #expect(refused.standardError.contains("model 1 is not served"), "\(refused.standardError)")
    // The advice works.
    try place.expect("rebuild", "shop.kindred", "--from-sequences", "--model", "1")
    try place.expect("recommend", "shop.kindred", "--user", "u1")
  }
}
