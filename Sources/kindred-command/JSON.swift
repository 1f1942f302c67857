import Interchange

/// A JSON value to print, written down as a literal: `["id": .string(id), "count": .integer(3)]`.
///
/// Keys keep the order they are written in, so that output is the same on every run.
typealias JSON = JSONValue

extension JSONValue {
  typealias Member = JSONObject.Member

  /// The value, or null where there is none.
  init(_ string: String?) { self = string.map { .string($0) } ?? .null }
  /// The value, or null where there is none.
  init(_ number: Double?) { self = number.map { .number($0) } ?? .null }
  /// The value, or null where there is none.
  init(_ integer: Int?) { self = integer.map { .integer($0) } ?? .null }

  /// An object of members in their order.
  init(members: [(String, JSON)]) {
    self = .object(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// Counts by name, by falling count and then by name.
  init(counts: [String: Int]) {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    self = .object(sorted.map { Member(key: $0.key, value: .integer($0.value)) })
  }
}
