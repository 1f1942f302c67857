import ArgumentParser
import Basics
import Kindred

/// What it costs to count events in their transaction, and what lists by those counts take.
struct EventCounts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Append events that are counted and ones that are not, in turn; then recommend without a model.",
    discussion: """
      Users walk from item to item: mostly to one of the 20 behind the last one, else to any, small numbers more \
      often. Half of the events are of a kind that counts 0; both halves are the same walks. Nothing waits for the disk.
      """)

  @Argument(help: "A store that is made for this, and removed.") var store: String
  @Option var items = 100_000
  @Option var users = 50_000
  @Option(help: "Events of each half.") var events = 1_000_000
  @Option(help: "Appends of one event, and recommendations.") var singles = 2_000

  func run() throws {
    let opened = try Store.create(at: store, options: Store.Options(durability: .none))
    defer {
      opened.close()
      removeFile(store)
      removeFile(store + "-lock")
    }
    try opened.setSignalPolicy(SignalPolicy(signals: [.init(kind: "uncounted", weight: 0)]))
    for first in stride(from: 0, to: items, by: 10_000) {
      try opened.upsert((first..<min(items, first + 10_000)).map { Item(id: "i\($0)") })
    }
    var walk = Walk(items: items, users: users)
    var (counted, uncounted) = ([Double](), [Double]())
    var bytes = (before: 0, uncounted: 0, counted: 0)
    bytes.before = try opened.statistics().usedBytes
    let batch = 20_000
    var drawn: [(user: Int, item: Int, time: Int64)] = []
    for _ in 0..<max(1, events / batch) {
      let part = (0..<batch).map { _ in walk.next() }
      drawn += part
      let start = try opened.statistics().usedBytes
      uncounted.append(try microseconds { try append(part, "uncounted", "a", opened) } / Double(batch))
      let middle = try opened.statistics().usedBytes
      counted.append(try microseconds { try append(part, "counted", "b", opened) } / Double(batch))
      bytes.uncounted += middle - start
      bytes.counted += try opened.statistics().usedBytes - middle
    }
    print(
      "20,000 events a transaction, us an event: \(text(uncounted)) not counted, \(text(counted)) counted")
    let each = Double(drawn.count)
    print(
      "bytes an event: \(Int(Double(bytes.uncounted) / each)) not counted, \(Int(Double(bytes.counted) / each)) counted"
    )
    (counted, uncounted) = ([], [])
    for _ in 0..<singles {
      let one = [walk.next()]
      uncounted.append(try microseconds { try append(one, "uncounted", "a", opened) })
      counted.append(try microseconds { try append(one, "counted", "b", opened) })
    }
    print("one event a transaction, us: \(text(uncounted)) not counted, \(text(counted)) counted")
    for method in [RecommendationMethod.rules, .popular, .trending, .newest, .again] {
      var times: [Double] = []
      for number in 0..<singles {
        let options = RecommendOptions(k: 10, method: method)
        times.append(
          try microseconds { _ = try opened.recommend(user: "b\(number * 7 % users)", options: options) })
      }
      print("recommend by \(method.rawValue), us: \(text(times))")
    }
  }

  /// The median and the 99th percentile.
  private func text(_ times: [Double]) -> String {
    let sorted = times.sorted()
    func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    return "\(rounded(median(times))) (p99 \(rounded(sorted[sorted.count * 99 / 100])))"
  }

  private func append(
    _ part: [(user: Int, item: Int, time: Int64)], _ kind: String, _ prefix: String, _ store: Store
  ) throws {
    try store.append(
      part.map {
        Event(
          user: "\(prefix)\($0.user)", item: "i\($0.item)", time: Timestamp(milliseconds: $0.time), kind: kind
        )
      })
  }
}

/// Users who go from item to item.
private struct Walk {
  private let items: Int
  private var places: [Int]
  private var generator = SeededGenerator(seed: 1)
  private var time: Int64 = 1_600_000_000_000

  init(items: Int, users: Int) {
    self.items = items
    places = [Int](repeating: 0, count: users)
  }

  mutating func next() -> (user: Int, item: Int, time: Int64) {
    let user = Int.random(in: places.indices, using: &generator)
    // The square makes small numbers more frequent.
    let unit = Double.random(in: 0..<1, using: &generator)
    let any = Int(unit * unit * Double(items))
    let near = (places[user] + Int.random(in: 1...20, using: &generator)) % items
    places[user] = Double.random(in: 0..<1, using: &generator) < 0.7 ? near : any
    time += 1_000
    return (user, places[user], time)
  }
}
