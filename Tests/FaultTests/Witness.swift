import TestSupport

/// What a store and the files beside it must hold after the writes that were acknowledged, kept outside of them.
struct Witness {
  /// The name of the space that orders write into.
  static let numbers = "numbers"
  /// The space of embedded texts.
  static let titles = "titles"
  /// The space that vectors are loaded into.
  static let loads = "loads"
  /// The spaces of the factorisation and of the models, those of users after those of items.
  static let liked = ["liked", "liked-users"]
  static let session = ["session", "session-users"]
  static let factorDimension = 8
  static let modelDimension = 16
  /// The key of encrypted backups.
  static let backupKey = String(repeating: "5a", count: 32)

  /// A space without its vectors.
  struct Space: Equatable, CustomStringConvertible {
    var dimension: Int
    var encoder: String?

    var description: String { "\(dimension) \(encoder ?? "-")" }
  }

  /// An item without its vectors.
  struct ItemValues: Equatable, CustomStringConvertible {
    /// The number among its attributes; -1 for an item without.
    var number = -1
    var text: String?

    var description: String { "\(number) \(text ?? "-")" }
  }

  /// What a store holds.
  struct Contents: Equatable {
    var spaces: [String: Space] = [:]
    /// By space and id the number of the command that made each vector; 0 in spaces that were learned.
    var vectors: [String: [String: Int]] = [:]
    var items: [String: ItemValues] = [:]
    var users: Set<String> = []
    /// The items of each user's events, with their times, in order.
    var events: [String: [String]] = [:]
    var models: Set<Int> = []
  }

  var contents = Contents()
  /// Stores in files beside the store, by name.
  var files: [String: Contents] = [:]
  /// The items that each model knows. No store says so; it shows when a model encodes.
  private var known: [Int: Set<String>] = [:]

  /// The model whose vectors the space of sessions holds.
  var servingModel: Int? { contents.servingModel }

  mutating func apply(_ order: Order) {
    for step in order.steps { apply(step) }
  }

  mutating func apply(_ step: Step) {
    switch step {
    case .upsert(let number, let ids, let space):
      for id in ids { contents.items[id, default: .init()].number = number }
      revive(ids)
      put(ids, into: space, number)
    case .texts(let number, let ids):
      for id in ids { contents.items[id] = .init(number: number, text: Self.text(number)) }
      revive(ids)
      // A space that has an encoder has their vectors in the same transaction.
      if contents.spaces[Self.titles]?.encoder != nil { put(ids, into: Self.titles, number) }
    case .items(let number, let ids, let replaces):
      if replaces { contents.delete(Set(contents.items.keys).subtracting(ids)) }
      for id in ids { contents.items[id, default: .init()].number = number }
      revive(ids)
    case .vectors(let space, let number, let ids): put(ids, into: space, number)
    case .append(let milliseconds, let user, let items):
      contents.users.insert(user)
      contents.events[user, default: []] += items.map { "\(milliseconds) \($0)" }
      for item in items where contents.items[item] == nil { contents.items[item] = .init() }
      revive(items)
    case .register(let user): contents.users.insert(user)
    case .delete(let ids): contents.delete(Set(ids))
    case .forget(let users):
      contents.users.subtract(users)
      for user in users { contents.events[user] = nil }
      for space in [Self.liked[1], Self.session[1]] {
        for user in users { contents.vectors[space]?[user] = nil }
      }
    case .makeSpace(let name, let space): (contents.spaces[name], contents.vectors[name]) = (space, [:])
    case .dropSpace(let name): (contents.spaces[name], contents.vectors[name]) = (nil, nil)
    case .embed(let onlyMissing): embed(onlyMissing: onlyMissing)
    case .factorize: learn(Self.liked, Self.factorDimension, by: "als", items: namedItems)
    case .addModel(let version):
      contents.models.insert(version)
      known[version] = namedItems
    case .serve(let version):
      learn(Self.session, Self.modelDimension, by: "session:\(version)", items: known[version] ?? [])
    case .discard(let version): contents.models.remove(version)
    case .copy(let file), .encryptedCopy(let file): files[file] = contents
    case .create(let file): files[file] = Contents()
    }
  }

  /// Items that the serving model learned about have their vectors again when they come back.
  private mutating func revive(_ ids: [String]) {
    guard let names = servingModel.flatMap({ known[$0] }) else { return }
    for id in ids where names.contains(id) && contents.vectors[Self.session[0]]?[id] == nil {
      contents.vectors[Self.session[0]]?[id] = 0
    }
  }

  private mutating func put(_ ids: [String], into space: String, _ number: Int) {
    for id in ids { contents.vectors[space, default: [:]][id] = number }
  }

  private mutating func embed(onlyMissing: Bool) {
    contents.spaces[Self.titles]?.encoder = "hashed"
    for (id, item) in contents.items where item.text != nil {
      if onlyMissing, contents.vectors[Self.titles]?[id] != nil { continue }
      put([id], into: Self.titles, item.number)
    }
  }

  /// The vectors of a pair of spaces: those of the items that are still there, and of users with an event of one of
  /// them.
  private mutating func learn(_ names: [String], _ dimension: Int, by maker: String, items: Set<String>) {
    for name in names { contents.spaces[name] = Space(dimension: dimension, encoder: maker) }
    let live = items.filter { contents.items[$0] != nil }
    contents.vectors[names[0]] = Dictionary(uniqueKeysWithValues: live.map { ($0, 0) })
    let users = contents.events.filter { $0.value.contains { live.contains(Self.item(ofEvent: $0)) } }
    contents.vectors[names[1]] = users.mapValues { _ in 0 }
  }

  /// The items of all events, without those that were deleted.
  private var namedItems: Set<String> {
    Set(contents.events.values.joined().map(Self.item(ofEvent:))).filter { contents.items[$0] != nil }
  }

  private static func item(ofEvent event: String) -> String {
    String(event.split(separator: " ").last ?? "")
  }

  /// The text of the items that a command wrote. No two numbers have a text of one vector.
  static func text(_ number: Int) -> String { "article number\(number) group\(number % 7)" }
}

extension Witness.Contents {
  var servingModel: Int? {
    spaces[Witness.session[0]]?.encoder.flatMap { Int($0.split(separator: ":").last ?? "") }
  }

  fileprivate mutating func delete(_ ids: Set<String>) {
    for id in ids { items[id] = nil }
    for space in vectors.keys where !space.hasSuffix("-users") {
      for id in ids { vectors[space]?[id] = nil }
    }
  }

  /// Where two differ, in few words.
  func difference(from other: Self) -> String {
    func keys<Value: Equatable>(_ left: [String: Value], _ right: [String: Value]) -> String {
      let all = Set(left.keys).union(right.keys).filter { left[$0] != right[$0] }.sorted()
      return all.prefix(5).map {
        "\($0): \(left[$0].map { "\($0)" } ?? "-") / \(right[$0].map { "\($0)" } ?? "-")"
      }
      .joined(separator: ", ") + (all.count > 5 ? " and \(all.count - 5) more" : "")
    }
    var parts = [
      ("spaces", keys(spaces, other.spaces)), ("items", keys(items, other.items)),
      ("events", keys(events, other.events)),
      ("users", users.symmetricDifference(other.users).sorted().prefix(5).joined(separator: " ")),
    ]
    if models != other.models { parts.append(("models", "\(models.sorted()) / \(other.models.sorted())")) }
    for space in Set(vectors.keys).union(other.vectors.keys).sorted() {
      parts.append(("vectors of \(space)", keys(vectors[space] ?? [:], other.vectors[space] ?? [:])))
    }
    return parts.filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1)" }.joined(separator: "; ")
  }
}
