import Interchange

/// How a value of a manifest is written and read.
struct ManifestCoding<Value> {
  let write: (Value) -> JSONValue
  /// nil for what is not in its range.
  let read: (JSONValue) -> Value?
  /// What a value must be.
  let range: String
}

extension ManifestCoding where Value == Int {
  static func whole(_ range: ClosedRange<Int>) -> ManifestCoding {
    ManifestCoding(
      write: { .number(JSONNumber($0)) },
      read: { value in
        guard let number = value.number, number == number.rounded() else { return nil }
        return Int(exactly: number).flatMap { range.contains($0) ? $0 : nil }
      }, range: "a whole number from \(range.lowerBound) to \(range.upperBound)")
  }

  static var count: ManifestCoding { whole(0...Int(Int32.max)) }
  static var positive: ManifestCoding { whole(1...Int(Int32.max)) }
}

extension ManifestCoding where Value: FixedWidthInteger {
  /// Any number of its type.
  static var exact: ManifestCoding {
    ManifestCoding(
      write: { .number(JSONNumber($0)) },
      read: { if case .number(let number) = $0 { Value(number.text) } else { nil } }, range: "a whole number")
  }
}

extension ManifestCoding where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> ManifestCoding {
    ManifestCoding(
      write: { JSONNumber($0).map { .number($0) } ?? .null },
      read: { value in value.number.flatMap { range.contains($0) ? $0 : nil } },
      range: "a number from \(range.lowerBound) to \(range.upperBound)")
  }

  static var share: ManifestCoding { number(0...1) }
}

extension ManifestCoding where Value == Bool {
  static var flag: ManifestCoding {
    ManifestCoding(
      write: { .bool($0) }, read: { if case .bool(let flag) = $0 { flag } else { nil } },
      range: "a truth value")
  }
}

extension ManifestCoding where Value: RawRepresentable<String> {
  static var choice: ManifestCoding {
    ManifestCoding(
      write: { .string($0.rawValue) }, read: { $0.string.flatMap { Value(rawValue: $0) } },
      range: "known to this version")
  }
}

/// A value of a manifest and its place in the JSON.
struct ManifestField {
  let group: String?
  let name: String
  let write: (SessionManifest) -> JSONValue?
  let read: (JSONValue?, inout SessionManifest) throws -> Void

  /// A value that is always there.
  /// - Parameter isRequired: whether manifests of all formats have it; where they do not, the value stays what it is.
  init<Value>(
    _ group: String?, _ name: String, _ path: WritableKeyPath<SessionManifest, Value>,
    _ coding: ManifestCoding<Value>,
    isRequired: Bool = true
  ) {
    self.group = group
    self.name = name
    write = { coding.write($0[keyPath: path]) }
    read = { json, manifest in
      guard let json else {
        if isRequired { throw SessionManifest.damaged("\(group.map { $0 + "." } ?? "")\(name) is missing") }
        return
      }
      guard let value = coding.read(json) else {
        throw SessionManifest.damaged("\(name) is not \(coding.range)")
      }
      manifest[keyPath: path] = value
    }
  }

  /// A value that is left out where it is nil.
  init<Value>(
    _ group: String?, _ name: String, optional path: WritableKeyPath<SessionManifest, Value?>,
    _ coding: ManifestCoding<Value>
  ) {
    self.group = group
    self.name = name
    write = { $0[keyPath: path].map(coding.write) }
    read = { json, manifest in
      guard let json else { return }
      guard let value = coding.read(json) else {
        throw SessionManifest.damaged("\(name) is not \(coding.range)")
      }
      manifest[keyPath: path] = value
    }
  }
}
