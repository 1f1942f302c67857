import Testing

extension Workplace {
  /// A store of items in a ring that users go round, one user after the other: what comes next is certain.
  /// - Parameter steps: events of each user.
  static func ring(users: Int = 40, items: Int = 12, steps: Int = 6) throws -> Workplace {
    let place = try Workplace()
    var events = "user,item,time,kind\n"
    for user in 0..<users {
      for step in 0..<steps {
        events += "u\(user),i\((user + step) % items),\(1_000 * user + 60 * step),view\n"
      }
    }
    try place.write("events.csv", events)
    try place.write(
      "items.jsonl",
      (0..<items).map { #"{"id":"i\#($0)","text":"thing \#($0)","price":\#($0)}"# + "\n" }.joined())
    try place.expect("import", "shop.kindred", "--items", "items.jsonl")
    try place.expect("import", "shop.kindred", "--events", "events.csv")
    return place
  }
}
