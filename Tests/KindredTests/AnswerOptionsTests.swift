import Foundation
import Kindred
import Testing

/// Records with answers, ids left out, and the short forms of `Store`.
@Suite struct AnswerOptionsTests {
  @Test func recommendationsLeaveOutAndBringRecords() throws {
    let store = try SessionFixture()
    try store.store.train(SessionFixture.options(epochs: 1))
    let options = RecommendOptions(
      k: 100, keepsSeen: true, excluding: ["i4", "no such item", "i9"], records: true)
    for session in [["i3"], []] {
      let found = try store.store.recommend(session: session, options: options)
      #expect(Set(found.map(\.id)) == Set((0..<30).map { "i\($0)" }).subtracting(["i4", "i9"]))
      for item in found {
        #expect(item.record?.id == item.id)
        #expect(item.record?.attributes["price"] == .number(Double(item.id.dropFirst()) ?? -1))
      }
      let read = try JSONDecoder().decode([Recommendation].self, from: JSONEncoder().encode(found))
      #expect(read == found)
    }
    #expect(try store.store.recommend(session: ["i3"]).allSatisfy { $0.record == nil })
  }

  @Test func shortFormsAnswerAsSnapshots() async throws {
    let shop = try SessionFixture()
    defer { withExtendedLifetime(shop) {} }
    let store = shop.store
    try store.embed(space: "content")
    let options = QueryOptions(k: 4, excluding: ["i7"], records: true)
    let text = try await store.query("content", text: "thing group2", options: options)
    let like = try await store.query("content", like: "i6", options: options)
    let (byText, byLike) = try await store.read { snapshot in
      (
        try snapshot.query("content", text: "thing group2", options: options),
        try snapshot.query("content", like: "i6", options: options)
      )
    }
    #expect(text == byText && like == byLike)
    #expect(text.count == 4 && text.allSatisfy { $0.record?.id == $0.id && $0.id != "i7" })
  }
}
