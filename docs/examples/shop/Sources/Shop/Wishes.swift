import Foundation
import Kindred
import KindredFoundation

/// Lines that a Swift programmer writes first, by their numbers.
enum Wishes {
  static func run(_ store: Store, _ products: [Product]) async throws {
    // 1: the three queries of a snapshot on the store.
    _ = try await store.query("content", text: "red bag")
    _ = try await store.query("content", like: products[0].id)
    // 2: look-ups, without `read`.
    _ = try await store.item(id: "p1")
    _ = try await store.record(.items, id: "p1")
    _ = try await store.sequence(user: "ann")
    _ = try await store.vector("content", id: "p1")
    // 3: nothing blocks the threads of tasks.
    _ = try await store.recommend(user: "ann")
    _ = try await store.verify()
    // 4: what is in the cart already is left out.
    _ = try await store.recommend(user: "ann", options: .init(excluding: ["p1"]))
    // 5: values of my own types, and one record.
    try await store.upsert(products, id: \.id, text: \.title)
    try await store.upsert(Item(id: "p0", text: "Gift card"))
    // 6: and back.
    _ = try await store.items(Product.self, ids: ["p1", "p2"])
    // 7: compare and set in a transaction.
    try await store.write { transaction in
      if var item = try transaction.item(id: "p1"), item.attributes["stock"] == 3 {
        item.attributes["stock"] = 2
        try transaction.upsert(item)
      }
    }
    // 8: what others commit, from here on.
    let changes = store.changes
    let first = Task {
      for await commit in changes { return commit.items }; return nil as [String]?
    }
    try await store.upsert(User(id: "ann", text: "Ann"))
    _ = await first.value
    // 9: values of attributes.
    _ = try await store.item(id: "p1")?.attributes["price"]?.doubleValue
    // 10: dates and durations.
    let yesterday = Timestamp(Date()) - .seconds(86_400)
    _ = TrainOptions(excludeLast: 1, before: yesterday)
    // 11: how many.
    _ = try await store.count(.items, where: "price < 30")
    // 12: options in one expression, baselines by name. There may be too few events.
    do {
      _ = try await store.evaluate(.init(baselines: [.popularity])).models.first?.metrics["NDCG@10"]
    } catch let error as StoreError where error.code == .notEnoughData {}
    // 13: several events at once.
    try await store.append([Event(user: "bob", item: "p1"), Event(user: "bob", item: "p2")])
    // 14: answers as JSON.
    _ = try JSONEncoder().encode(try await store.recommend(user: "bob", options: .init(records: true)))
    // 15: names that collide with none of Foundation's.
    @Sendable func show(_ progress: Store.Progress) { print(progress.stage, progress.completed) }
    func watch(_ progress: Progress) { print(progress.fractionCompleted) }
    try await store.rebuild(["content"]) { show($0) }
    watch(Progress(totalUnitCount: 1))
    // 16: a visitor's text in a filter.
    let brand = "O'Neill \" or true"
    _ = try await store.query("content", text: "bag", options: .init(filter: "brand = \(brand)"))
    // 17: an event that was exported, read again; an error that says what is wrong.
    let event = Event(user: "ann", item: "p1")
    let copy = try JSONDecoder().decode(Event.self, from: JSONEncoder().encode(event))
    print("event:", copy == event)
    do { _ = try await Store.open(at: "no such file") } catch { print(error.localizedDescription) }
  }
}
