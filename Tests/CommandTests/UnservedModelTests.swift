import Testing

/// After `space drop session`, `recommend` said "train one first" to who had trained for minutes. It could happen because the space was
/// looked for and the models were not.
@Suite struct UnservedModelTests {
  @Test func aModelThatIsNotServedIsNamed() throws {
    let place = try Workplace.ring(users: 40)
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
