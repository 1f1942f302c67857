import Basics
package import Values

/// A name of a filter: an attribute's own, or a path into objects, such as `size.w` for the member `w` of `size`.
///
/// What has the whole name comes first: an attribute `size.w` before the member `w` of `size`, and a member `a.b`
/// before the member `b` of `a`. Otherwise the longest name that leads to a value counts.
package struct AttributePath: Sendable {
  let name: String
  /// Whether the name may lead into objects; one with more dots than objects can be nested is only itself.
  let isPath: Bool

  init(_ name: String) {
    self.name = name
    let dotCount = name.utf8.count { $0 == UInt8(ascii: ".") }
    isPath = (1...Limits.depth).contains(dotCount)
  }

  /// The value that the name stands for, `.null` where there is none.
  /// - Parameter lookup: the value of an attribute by its whole name, `.null` where there is none.
  func value(_ lookup: (String) -> AttributeValue) -> AttributeValue {
    isPath ? Self.value(at: name[...], lookup) : lookup(name)
  }

  /// The attributes that a name may lead into.
  package static func attributes(leadingTo name: String) -> [String] {
    AttributePath(name).ways.map(\.attribute)
  }

  /// The attributes that the name may lead into and the path from there, the longest name first.
  var ways: [(attribute: String, rest: Substring)] {
    isPath ? Self.cuts(of: name[...]).map { (String($0), $1) } : []
  }

  fileprivate static func value(
    at path: Substring, _ lookup: (String) -> AttributeValue
  ) -> AttributeValue {
    let whole = lookup(String(path))
    if !whole.isNull { return whole }
    for (head, rest) in cuts(of: path) {
      let value = lookup(String(head)).member(at: rest)
      if !value.isNull { return value }
    }
    return .null
  }

  /// Cuts a path at each of its dots, the last one first.
  private static func cuts(of path: Substring) -> [(head: Substring, rest: Substring)] {
    path.utf8.indices.reversed().compactMap { dot in
      guard path.utf8[dot] == UInt8(ascii: "."), dot > path.startIndex else { return nil }
      let rest = path[path.utf8.index(after: dot)...]
      return rest.isEmpty ? nil : (path[..<dot], rest)
    }
  }
}

extension AttributeValue {
  /// Whether there is no value.
  var isNull: Bool { if case .null = self { true } else { false } }

  /// What the member at `path` holds, `.null` where there is none. Of a list, what the members of its elements hold, as
  /// one list.
  /// - Complexity: O(nested values · dots).
  func member(at path: Substring) -> AttributeValue {
    switch self {
    case .object(let members): return AttributePath.value(at: path) { members[$0] ?? .null }
    case .list(let elements):
      let found = elements.map { $0.member(at: path) }.filter { !$0.isNull }
      return found.isEmpty ? .null : .list(found.flatMap(\.elements))
    case .null, .string, .number, .integer, .bool, .strings, .integers: return .null
    }
  }

  /// The names of all members, those of nested objects as paths; of a list the names that its elements have.
  package var memberNames: [String] {
    switch self {
    case .object(let members):
      members.flatMap { name, value in [name] + value.memberNames.map { "\(name).\($0)" } }
    case .list(let elements): elements.flatMap(\.memberNames)
    case .null, .string, .number, .integer, .bool, .strings, .integers: []
    }
  }

  /// The elements of a list; of anything else the value itself.
  var elements: [AttributeValue] {
    switch self {
    case .strings(let texts): texts.map { .string($0) }
    case .integers(let numbers): numbers.map { .integer($0) }
    case .list(let elements): elements
    case .null, .string, .number, .integer, .bool, .object: [self]
    }
  }
}
