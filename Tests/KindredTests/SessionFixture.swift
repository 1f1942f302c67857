import TestSupport
import Kindred

/// A shop in which what comes next is known: items 0 to 29 in a ring, users who go round it from anywhere.
struct SessionFixture {
  static let itemCount = 30
  static let userCount = 120
  let directory: TemporaryDirectory
  let store: Store

  init(events: Int = 7) throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    try store.upsert(
      (0..<Self.itemCount).map {
        Item(
          id: "i\($0)", text: "thing number\($0) group\($0 / 3)",
          attributes: ["price": .number(Double($0)), "even": .bool($0 % 2 == 0)])
      })
    try store.write { transaction in
      for user in 0..<Self.userCount {
        for step in 0..<events {
          try transaction.append(
            Event(
              user: "u\(user)", item: "i\((user + step) % Self.itemCount)",
              time: Timestamp(milliseconds: Int64(1_000_000 * user + 60_000 * step)), kind: "view"))
        }
      }
    }
  }

  /// Options of models that serve, also where events are held out.
  static func options(epochs: Int = 40, excludeLast: Int = 0) -> TrainOptions {
    var options = TrainOptions()
    options.dimension = 32
    options.epochs = epochs
    options.excludeLast = excludeLast
    options.serves = true
    options.threads = 2
    return options
  }
}
