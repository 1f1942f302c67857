import Values
import Filters
import Platform
import Records

/// What a session model may know of an item or a user: the words of its text and the values of its attributes, as
/// names.
enum FeatureNames {
  /// The most names of one record; a long description says no more with more of them.
  private static let limit = 64

  static func names(of record: EntityRecord) -> [String] {
    var names: [String] = []
    for (name, value) in record.attributes.sortedByName {
      names += values(value).map { "\(name)=\($0)" }
    }
    if let text = record.text {
      names += text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { "word \($0)" }
    }
    return Array(names.prefix(limit))
  }

  private static func values(_ value: AttributeValue) -> [String] {
    switch value {
    case .null: []
    case .bool(let flag): [flag ? "true" : "false"]
    case .string(let text): [text]
    case .strings(let texts): texts
    case .integers(let numbers): numbers.map(\.description)
    case .number(let number): [bucket(number)]
    case .integer(let number): [number.description]
    case .list(let elements): elements.flatMap { values($0) }
    case .object(let members):
      members.flatMap { member in values(member.value).map { "\(member.key)=\($0)" } }
    }
  }

  /// Small whole numbers stand for themselves, such as years and ratings; others for quarters of an octave, such as
  /// prices.
  private static func bucket(_ number: Double) -> String {
    if number == number.rounded(), abs(number) < 10_000 { return Int(number).description }
    let octave = (log2(abs(number)) * 4).rounded(.down)
    return (number < 0 ? "-2^" : "2^") + (octave / 4).description
  }
}
