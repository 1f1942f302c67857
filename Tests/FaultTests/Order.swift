/// A kind of work that writes.
enum Work: String, CaseIterable {
  case upsert, embed, append, importing, loading, delete, forget, merge, rebuild, reencode, train, factorize,
    compact, backup, restore, create, growth

  /// How a child opens the store for it.
  var opening: String { self == .growth ? "open small" : "open" }
}

/// A command for `store-child`, and what it changes: each step as a whole, one after the other.
struct Order {
  var command: String
  var steps: [Step]

  init(_ command: String, _ steps: Step...) {
    self.command = command
    self.steps = steps
  }
}

/// A change that is made as a whole or not at all. Its values follow from the number of the command.
enum Step {
  /// Vectors and attributes of items.
  case upsert(number: Int, ids: [String], space: String = Witness.numbers)
  /// Items with a text.
  case texts(number: Int, ids: [String])
  /// Items with an attribute; with `replaces` all others go.
  case items(number: Int, ids: [String], replaces: Bool = false)
  /// Vectors alone.
  case vectors(space: String, number: Int, ids: [String])
  /// Events of a user, with records for the items that have none.
  case append(milliseconds: Int, user: String, items: [String])
  /// A user without events.
  case register(user: String)
  case delete(ids: [String])
  case forget(users: [String])
  case makeSpace(String, Witness.Space)
  case dropSpace(String)
  /// Vectors of the items with a text, of those alone that have none with `onlyMissing`.
  case embed(onlyMissing: Bool)
  case factorize
  /// A model that has learned from all events.
  case addModel(Int)
  case serve(model: Int)
  case discard(model: Int)
  /// A whole copy of the store in a file beside it.
  case copy(file: String)
  /// An encrypted copy of the store in a file beside it.
  case encryptedCopy(file: String)
  /// A new store without anything in a file beside it.
  case create(file: String)
}
