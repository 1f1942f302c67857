import Basics
import Kindred

/// What a store must answer, kept in memory and computed as simply as can be.
struct StoreModel {
  /// One space and its vectors, which are of whole numbers so small that scores have no error, but for cosines.
  struct Space {
    let configuration: SpaceConfiguration
    var vectors: [ExactString: [Float]] = [:]

    var name: String { configuration.name }
    var dimension: Int { configuration.dimension }

    /// How far a score may be from what the model computes: rows of a cosine space are rounded.
    var tolerance: Float {
      guard configuration.metric == .cosine else { return 0 }
      return configuration.encoding == .float32 ? 1e-5 : 4e-3
    }

    func score(_ query: [Float], _ vector: [Float]) -> Float {
      let product = zip(query, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      func norm(_ vector: [Float]) -> Double {
        vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      }
      switch configuration.metric {
      case .cosine: return Float(product / norm(query) / norm(vector))
      case .dot: return Float(product)
      case .l2:
        return -zip(query, vector).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
      }
    }
  }

  var records: [RecordKind: [ExactString: any Record]] = [.items: [:], .users: [:]]
  /// Of each user, in the order of their times, those of one time as they came.
  var events: [ExactString: [Event]] = [:]
  var spaces: [Space] = []

  func record(_ kind: RecordKind, _ id: String) -> (any Record)? { records[kind]?[ExactString(id)] }

  /// A record of a kind.
  static func make(_ kind: RecordKind, _ id: String, text: String? = nil, _ attributes: Attributes = [:])
    -> any Record
  {
    kind == .items
      ? Item(id: id, text: text, attributes: attributes) : User(id: id, text: text, attributes: attributes)
  }

  /// Whether two records are the same.
  static func areEqual(_ left: (any Record)?, _ right: (any Record)?) -> Bool {
    left as? Item == right as? Item && left as? User == right as? User
  }

  /// Stores a record in the place of the one of its id; false where nothing changes. Null means absent.
  mutating func upsert(_ kind: RecordKind, _ record: any Record) -> Bool {
    let kept = Self.make(kind, record.id, text: record.text, record.attributes.filter { $0.value != .null })
    guard !Self.areEqual(records[kind]?[ExactString(record.id)], kept) else { return false }
    records[kind]?[ExactString(record.id)] = kept
    return true
  }

  /// Stores a vector; a record that is not there is made, and attributes are set on it.
  mutating func upsert(_ space: Int, _ id: String, _ vector: [Float], _ attributes: Attributes) {
    let kind = spaces[space].configuration.of
    var all = record(kind, id)?.attributes ?? [:]
    all.merge(attributes)
    _ = upsert(kind, Self.make(kind, id, text: record(kind, id)?.text, all))
    spaces[space].vectors[ExactString(id)] = vector
  }

  /// Deletes a record with its vectors, of a user also the events; false where it is not there.
  mutating func delete(_ kind: RecordKind, _ id: String) -> Bool {
    guard records[kind]?.removeValue(forKey: ExactString(id)) != nil else { return false }
    for space in spaces.indices where spaces[space].configuration.of == kind {
      spaces[space].vectors[ExactString(id)] = nil
    }
    if kind == .users { events[ExactString(id)] = nil }
    return true
  }

  /// Adds an event; false where an equal one is there.
  mutating func append(_ event: Event) -> Bool {
    for (kind, id) in [(RecordKind.users, event.user), (.items, event.item)] where record(kind, id) == nil {
      _ = upsert(kind, Self.make(kind, id))
    }
    var sequence = events[ExactString(event.user)] ?? []
    guard !sequence.contains(event) else { return false }
    sequence.insert(event, at: sequence.firstIndex { $0.time > event.time } ?? sequence.count)
    events[ExactString(event.user)] = sequence
    return true
  }

  /// The events of a user; nil where there is none.
  func sequence(_ user: String) -> [Event]? {
    record(.users, user) == nil ? nil : events[ExactString(user)] ?? []
  }
}

extension StoreModel {
  /// A query with what it must answer.
  struct Query {
    var space: Int
    var vector: [Float]
    var k: Int
    var condition: Condition?
    var excluding: [String] = []
    var offset = 0
    var minScore: Float?
  }

  /// Every vector that a query may answer with, best first, those of one score by id.
  func matches(_ query: Query) -> [(id: String, score: Float)] {
    let space = spaces[query.space]
    let kind = space.configuration.of
    return space.vectors
      .filter { id, _ in !query.excluding.contains { $0.isExactly(id.value) } }
      .filter { id, _ in
        guard let condition = query.condition else { return true }
        return record(kind, id.value).map(condition.passes) ?? false
      }
      .map { (id: $0.key.value, score: space.score(query.vector, $0.value)) }
      .sorted { left, right in
        left.score == right.score ? ExactString(left.id) < ExactString(right.id) : left.score > right.score
      }
  }

  /// A filter, and what it means in a few words of Swift.
  struct Condition: Sendable {
    let text: String
    let passes: @Sendable (any Record) -> Bool

    static let all: [Condition] = [
      Condition(text: "price < 3") { number($0).map { $0 < 3 } ?? false },
      Condition(text: "not (price < 3)") { number($0).map { $0 >= 3 } ?? false },
      Condition(text: "color = 'red'") { color($0) == "red" },
      Condition(text: "color in ('red', 'blue') and price != 2") { record in
        ["red", "blue"].contains(color(record)) && number(record).map { $0 != 2 } ?? false
      },
      Condition(text: "color is null") { color($0) == nil },
      Condition(text: "tags = 'x' or color != 'green'") { record in
        let hasTag = record.attributes["tags"].map { $0 == .strings(["x"]) || $0 == .strings(["y", "x"]) }
        return hasTag ?? false || color(record).map { $0 != "green" } ?? false
      },
      Condition(text: "size.w >= 2") { record in
        guard case .object(let size) = record.attributes["size"], case .number(let width) = size["w"] else {
          return false
        }
        return width >= 2
      },
      Condition(text: "text like 'a%'") { $0.text?.hasPrefix("a") ?? false },
      Condition(text: "id != 'i3' and price between 1 and 4") { record in
        record.id != "i3" && number(record).map { (1...4).contains($0) } ?? false
      },
      Condition(text: "size is null and sale is null") { $0.attributes["size"] == nil },
    ]

    private static func number(_ record: any Record) -> Double? {
      if case .number(let number) = record.attributes["price"] { number } else { nil }
    }

    private static func color(_ record: any Record) -> String? {
      if case .string(let text) = record.attributes["color"] { text } else { nil }
    }
  }
}
