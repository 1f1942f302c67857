import Kindred

/// A product as the shop knows it.
struct Product: Codable, Hashable, Sendable {
  var id: String
  var title: String
  var brand: String?
  var price: Double
  var stock: Int
}

/// What the shop's pages ask for, over one store.
///
/// The store does its own locking; the actor guards only what the shop keeps in memory.
actor Shop {
  let store: Store
  private var pages: [String: Product] = [:]
  /// How often pages were forgotten.
  private var forgotten = 0
  private var listener: Task<Void, Never>?

  /// Opens the shop's store, or makes it.
  init(path: String) async throws {
    do { store = try await Store.open(at: path) } catch let error as StoreError where error.code == .notFound
    {
      store = try await Store.create(at: path)
    }
  }

  /// Stores products, and vectors of their titles to search by.
  func add(_ products: [Product]) async throws {
    try await store.upsert(products, id: \.id, text: \.title)
    try await store.embed("content", options: .init(onlyMissing: true))
  }

  /// Sets what a product costs and how many there are; its other fields and its vectors stay.
  func update(_ id: String, price: Double, stock: Int) async throws {
    try await store.write { transaction in
      guard var item = try transaction.item(id: id) else { return }
      item.attributes["price"] = .number(price)
      item.attributes["stock"] = .number(Double(stock))
      try transaction.upsert(item)
    }
  }

  /// Sells one, if there is one left, and notes the purchase: both or neither.
  /// - Returns: whether it was sold.
  func sell(_ id: String, to user: String) async throws -> Bool {
    try await store.write { transaction in
      guard var item = try transaction.item(id: id), let stock = item.attributes["stock"]?.intValue, stock > 0
      else { return false }
      item.attributes["stock"] = .number(Double(stock - 1))
      try transaction.upsert(item)
      try transaction.append(Event(user: user, item: id, kind: "purchase"))
      return true
    }
  }

  /// Products that a text describes, of one brand if it is given. The brand is a visitor's text: the filter binds it.
  func search(_ text: String, brand: String? = nil) async throws -> [Product] {
    let filter: Filter = brand.map { "stock > 0 and brand = \($0)" } ?? "stock > 0"
    return try await store.read { snapshot in
      let matches = try snapshot.query("content", text: text, options: .init(k: 20, filter: filter))
      return try snapshot.items(Product.self, ids: matches.map(\.id))
    }
  }

  /// Products like one, cheaper ones only if that is asked for.
  func similar(to id: String, below price: Double? = nil) async throws -> [Product] {
    let filter: Filter = price.map { "stock > 0 and price < \($0)" } ?? "stock > 0"
    let options = QueryOptions(k: 6, filter: filter)
    return try await store.read { snapshot in
      let matches = try snapshot.query("content", like: id, options: options)
      return try snapshot.items(Product.self, ids: matches.map(\.id))
    }
  }

  /// Notes a click, and gives what the visitor may like next. Before a model is trained that is what is popular.
  func clicked(_ id: String, by user: String) async throws -> [Product] {
    let found = try await store.append(
      Event(user: user, item: id, kind: "click"), recommending: .init(k: 6, filter: "stock > 0"))
    return try await store.items(Product.self, ids: found.map(\.id))
  }

  /// What fits a cart of somebody who has not logged in.
  func addOns(toCart ids: [String]) async throws -> [Product] {
    let found = try await store.recommend(for: .session(ids), options: .init(k: 3, excluding: ids))
    return try await store.items(Product.self, ids: found.map(\.id))
  }

  /// A page of the catalogue, the cheapest first.
  func catalogue(limit: Int = 50) async throws -> (products: [Product], total: Int) {
    try await store.read { snapshot in
      let items = try snapshot.items(where: "stock > 0", sortedBy: "price", limit: limit)
      return (try items.map { try $0.decode(Product.self) }, try snapshot.count(.items, where: "stock > 0"))
    }
  }

  /// Learns from all events at night; recommendations use the new model from then on.
  func learn() async throws -> ModelInfo { try await store.train(.init(minutes: 30)) }

  /// A product page, from memory where it has not changed.
  func page(_ id: String) async throws -> Product? {
    if let page = pages[id] { return page }
    let before = forgotten
    let page = try await store.item(id: id)?.decode(Product.self)
    // What was committed while it was read may be what it lacks.
    if forgotten == before { pages[id] = page }
    return page
  }

  /// Keeps the pages in memory in step with what is committed.
  func follow() {
    let changes = store.changes
    listener = Task { [weak self] in for await commit in changes { await self?.forget(commit) } }
  }

  private func forget(_ commit: Store.Commit) {
    forgotten += 1
    if let ids = commit.items, commit.lost == 0 {
      for id in ids { pages[id] = nil }
    } else {
      pages.removeAll()
    }
  }

  /// Ends the shop's work with the store.
  func close() {
    listener?.cancel()
    store.close()
  }
}
