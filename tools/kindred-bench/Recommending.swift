import Basics
import ArgumentParser
import Interchange
import Kindred

/// Appends events one at a time, each followed by the user's recommendations: what a shop does at a click.
struct Recommending: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times append and recommend for one user after the other, and one more event of a live session."
  )

  @Argument(
    help: "A store with a trained model and users u0 to u(N - 1) and items i0 to i(M - 1); it is written to.")
  var store: String
  @Option(help: "Users to draw from.") var users = 20_000
  @Option(help: "Items to draw from.") var items = 100_000
  @Option(help: "Events to append.") var count = 2_000
  @Option(help: "Recommendations asked for after each.") var k = 20
  @Option(name: .customLong("where"), help: "A filter.") var filter: Filter?

  func run() throws {
    let kindred = try Store.open(at: store, options: .init(durability: .none))
    defer { kindred.close() }
    let options = RecommendOptions(k: k, filter: filter)
    var generator = SeededGenerator(seed: 17)
    var (both, appends, events): ([Double], [Double], [Double]) = ([], [], [])
    for number in 0..<count {
      let user = "u\(Int.random(in: 0..<users, using: &generator))"
      let item = "i\(Int.random(in: 0..<items, using: &generator))"
      let event = Event(user: user, item: item, time: .now(), kind: "view")
      if number % 2 == 0 {
        both.append(try microseconds { _ = try kindred.append(event, recommending: options) })
      } else {
        appends.append(try microseconds { try kindred.append(event) })
      }
    }
    let live = try kindred.liveSession()
    for _ in 0..<count {
      let item = "i\(Int.random(in: 0..<items, using: &generator))"
      events.append(try microseconds { _ = try live.append(item) })
    }
    let json: JSONValue = [
      "appendAndRecommendMedianMicroseconds": .number(median(both)),
      "appendAndRecommendP99Microseconds": .number(both.sorted()[both.count * 99 / 100]),
      "appendMedianMicroseconds": .number(median(appends)),
      "liveEventMedianMicroseconds": .number(median(events)),
    ]
    print(json.text)
  }
}
