import Foundation
import Kindred

@main
enum Main {
  static func main() async throws {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("shop-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let shop = try await Shop(path: directory.appendingPathComponent("shop.kindred").path)
    let products = [
      Product(id: "p1", title: "Red canvas bag", brand: "Acme", price: 19.5, stock: 3),
      Product(id: "p2", title: "Blue canvas bag", brand: "Acme", price: 21, stock: 1),
      Product(id: "p3", title: "Red leather bag", brand: "O'Neill", price: 89, stock: 2),
      Product(id: "p4", title: "Leather belt", price: 25, stock: 9),
    ]
    try await shop.add(products)
    await shop.follow()
    print("search:", try await shop.search("canvas bag").map(\.title))
    print("of a brand:", try await shop.search("bag", brand: "O'Neill").map(\.title))
    print("similar:", try await shop.similar(to: "p1", below: 50).map(\.title))
    print("after a click:", try await shop.clicked("p4", by: "ann").map(\.title))
    print("sold:", try await shop.sell("p2", to: "ann"), try await shop.sell("p2", to: "bob"))
    print("add-ons:", try await shop.addOns(toCart: ["p1"]).map(\.title))
    _ = try await shop.page("p1")
    try await shop.update("p1", price: 15, stock: 2)
    let catalogue = try await shop.catalogue()
    print("catalogue:", catalogue.total, catalogue.products.map { "\($0.title) \($0.price)" })
    // The listener hears of the commit a moment later.
    for _ in 0..<100 where try await shop.page("p1")?.price != 15 {
      try await Task.sleep(for: .milliseconds(50))
    }
    print("page:", try await shop.page("p1")?.price ?? 0)
    try await Wishes.run(shop.store, products)
    await shop.close()
  }
}
