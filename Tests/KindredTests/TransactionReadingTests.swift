import Kindred
import TestSupport
import Testing

/// A transaction could not look at what it changes: no compare and set, no append unless.
@Suite struct TransactionReadingTests {
  let directory: TemporaryDirectory
  let store: Store

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.testing(directory)
    try store.createSpace(SpaceConfiguration(name: "s", of: .items, dimension: 2, metric: .l2))
    try store.upsert("s", ids: ["graph", "gone", "changed"], vectors: [[1, 2], [3, 4], [5, 6]])
    try store.rebuild()
    try store.upsert("s", ids: ["tail"], vectors: [[7, 8]])
    try store.upsert([Item(id: "graph", text: "bag", attributes: ["stock": 1])])
    try store.upsert(User(id: "u", text: "Ann"))
    try store.append([event(2), event(1), event(3)])
  }

  private func event(_ time: Int64) -> Event {
    Event(
      user: "u", item: "graph", time: Timestamp(milliseconds: time), kind: "k\(time)", session: "s", value: 2)
  }

  @Test func aTransactionSeesItsOwnChanges() throws {
    try store.write { transaction in
      #expect(try transaction.item(id: "graph")?.attributes["stock"]?.intValue == 1)
      #expect(try transaction.item(id: "u") == nil && transaction.user(id: "u")?.text == "Ann")
      try transaction.upsert(Item(id: "graph", text: "sack"))
      #expect(try transaction.record(.items, id: "graph")?.text == "sack")
      try transaction.delete(["gone"], kind: .items)
      #expect(try transaction.item(id: "gone") == nil && transaction.vector("s", id: "gone") == nil)

      #expect(try transaction.vector("s", id: "graph") == [1, 2])
      #expect(try transaction.vector("s", id: "tail") == [7, 8])
      try transaction.upsert("s", ids: ["changed"], vectors: [[9, 9]])
      #expect(try transaction.vector("s", id: "changed") == [9, 9])
      #expect(try transaction.vector("s", id: "nothing") == nil)

      #expect(try transaction.sequence(user: "nobody") == nil)
      #expect(try transaction.sequence(user: "u") == [event(1), event(2), event(3)])
      try transaction.append(event(4))
      #expect(try transaction.sequence(user: "u", last: 2) == [event(3), event(4)])
    }
    #expect(try store.item(id: "graph")?.text == "sack")
    #expect(try store.vector("s", id: "changed") == [9, 9])
    #expect(try store.sequence(user: "u")?.count == 4)
  }

  @Test func theLastOneIsSoldOnce() async throws {
    let sold = try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { [store] in
          try await store.write { transaction in
            guard var item = try transaction.item(id: "graph"),
              let stock = item.attributes["stock"]?.intValue, stock > 0
            else { return false }
            item.attributes["stock"] = .number(Double(stock - 1))
            try transaction.upsert(item)
            return true
          }
        }
      }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(sold == 1)
  }
}
