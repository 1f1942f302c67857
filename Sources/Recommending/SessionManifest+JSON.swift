import Basics
import Interchange
import SessionEncoder
import Training
import Transformer

/// How a value of a manifest is written and read.
private struct Coding<Value> {
  let write: (Value) -> JSONValue
  /// nil for what is not in its range.
  let read: (JSONValue) -> Value?
  /// What a value must be.
  let range: String
}

extension Coding where Value == Int {
  static func whole(_ range: ClosedRange<Int>) -> Coding {
    Coding(
      write: { .number(JSONNumber($0)) },
      read: { value in
        guard let number = value.number, number == number.rounded() else { return nil }
        return Int(exactly: number).flatMap { range.contains($0) ? $0 : nil }
      }, range: "a whole number from \(range.lowerBound) to \(range.upperBound)")
  }

  static var count: Coding { whole(0...Int(Int32.max)) }
  static var positive: Coding { whole(1...Int(Int32.max)) }
}

extension Coding where Value: FixedWidthInteger {
  /// Any number of its type.
  static var exact: Coding {
    Coding(
      write: { .number(JSONNumber($0)) },
      read: { if case .number(let number) = $0 { Value(number.text) } else { nil } }, range: "a whole number")
  }
}

extension Coding where Value == Double {
  static func number(_ range: ClosedRange<Double>) -> Coding {
    Coding(
      write: { JSONNumber($0).map { .number($0) } ?? .null },
      read: { value in value.number.flatMap { range.contains($0) ? $0 : nil } },
      range: "a number from \(range.lowerBound) to \(range.upperBound)")
  }

  static var share: Coding { number(0...1) }
}

extension Coding where Value == Bool {
  static var flag: Coding {
    Coding(
      write: { .bool($0) }, read: { if case .bool(let flag) = $0 { flag } else { nil } },
      range: "a truth value")
  }
}

extension Coding where Value: RawRepresentable<String> {
  static var choice: Coding {
    Coding(
      write: { .string($0.rawValue) }, read: { $0.string.flatMap { Value(rawValue: $0) } },
      range: "known to this version")
  }
}

/// A value of a manifest and its place in the JSON.
private struct Field {
  let group: String?
  let name: String
  let write: (SessionManifest) -> JSONValue?
  let read: (JSONValue?, inout SessionManifest) throws -> Void

  /// A value that is always there.
  /// - Parameter isRequired: whether manifests of all formats have it; where they do not, the value stays what it is.
  init<Value>(
    _ group: String?, _ name: String, _ path: WritableKeyPath<SessionManifest, Value>,
    _ coding: Coding<Value>,
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
    _ coding: Coding<Value>
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

extension ContentSource {
  fileprivate var json: JSONValue {
    var json = JSONObject()
    json["space"] = .string(space)
    json["maker"] = .string(maker)
    json["dimension"] = .number(JSONNumber(dimension))
    return .object(json)
  }

  fileprivate init?(_ json: JSONValue) {
    guard let json = json.object, let space = json["space"]?.string, let maker = json["maker"]?.string,
      let dimension = json["dimension"].flatMap(Coding.whole(1...Limits.dimension).read)
    else { return nil }
    self.init(space: space, maker: maker, dimension: dimension)
  }
}

extension SessionManifest {
  fileprivate static func damaged(_ what: String) -> RecommendingError {
    RecommendingError(code: .corrupted, message: "a model's description cannot be used: \(what)")
  }

  /// All values but those of rules, in the order in which they are written.
  private static var fields: [Field] {
    [
      Field("shape", "items", \.shape.itemCount, .positive),
      Field("shape", "architecture", optional: \.storedArchitecture, .choice),
      Field("shape", "dimension", \.shape.dimension, .whole(2...4_096)),
      Field("shape", "layers", \.shape.blockCount, .whole(1...64)),
      Field("shape", "heads", \.shape.heads, .whole(1...4_096)),
      Field("shape", "expansion", \.shape.expansion, .whole(1...64)),
      Field("shape", "activation", \.shape.activation, .choice),
      Field("shape", "normalization", \.shape.normalization, .choice),
      Field("shape", "gated", \.shape.isGated, .flag),
      Field("shape", "maxLength", \.shape.maximumLength, .whole(1...1_000)),
      Field("shape", "positions", \.shape.positions, .choice),
      Field("shape", "timeGaps", \.shape.hasTimeGaps, .flag),
      Field("shape", "interests", \.shape.interestCount, .whole(1...64)),
      Field("shape", "temperature", optional: \.shape.temperature, .number(1e-4...1e4)),
      Field("recipe", "batchSize", \.recipe.batchSize, .positive),
      Field("recipe", "learningRate", \.recipe.learningRate, .number(0...1e6)),
      Field("recipe", "dropout", \.recipe.dropout, .share),
      Field("recipe", "attentionDropout", \.recipe.attentionDropout, .share, isRequired: false),
      Field("recipe", "rowDropout", \.recipe.rowDropout, .share),
      Field("recipe", "averaging", \.recipe.averaging, .share),
      Field("recipe", "negatives", optional: \.recipe.negatives, .positive),
      Field("recipe", "popularShare", \.recipe.popularShare, .share, isRequired: false),
      Field("recipe", "maskedShare", optional: \.recipe.maskedShare, .share),
      Field("recipe", "lastMaskedShare", optional: \.recipe.lastMaskedShare, .share),
      Field("recipe", "seed", \.recipe.seed, .exact, isRequired: false),
      Field("recipe", "threads", \.recipe.threads, .positive, isRequired: false),
      Field("data", "sequences", \.data.sequences, .count),
      Field("data", "events", \.data.events, .whole(0...(1 << 52))),
      Field("data", "excludedLast", \.data.excludedLast, .count),
      Field("data", "before", optional: \.data.before, .exact),
      Field("data", "newest", \.data.newest, .exact),
      Field("data", "oldest", optional: \.data.oldest, .exact),
      Field("data", "users", optional: \.data.users, .count),
      Field("data", "usedEvents", optional: \.data.usedEvents, .whole(0...(1 << 52))),
      Field(nil, "repeating", \.isRepeating, .flag),
      Field(nil, "epochs", \.epochs, .count),
      Field(nil, "epochsWithHeldOut", \.epochsWithHeldOut, .count),
      Field(nil, "seconds", \.seconds, .number(0...1e12)),
    ]
  }

  /// The values of rules; those that not all formats have keep their defaults.
  private static var ruleFields: [Field] {
    [
      Field("rules", "share", \.storedRules.share, .number(0...0.99)),
      Field("rules", "count", \.storedRules.count, .count),
      Field("rules", "window", \.storedRules.configuration.window, .whole(1...1_000)),
      Field("rules", "decay", \.storedRules.configuration.decay, .share),
      Field("rules", "antecedentPower", \.storedRules.configuration.antecedentPower, .share),
      Field("rules", "consequentPower", \.storedRules.configuration.consequentPower, .share),
      Field("rules", "symmetric", \.storedRules.configuration.isSymmetric, .flag),
      Field("rules", "itself", \.storedRules.configuration.includesItself, .flag, isRequired: false),
      Field(
        "rules", "minimumSupport", \.storedRules.configuration.minimumSupport, .positive, isRequired: false),
    ]
  }

  /// How items are scored that came after the training.
  private static var newItemFields: [Field] {
    [
      Field("newItems", "session", \.storedNewItems.session, .number(0...1e6)),
      Field("newItems", "content", \.storedNewItems.content, .number(0...1e6)),
      Field("newItems", "bias", \.storedNewItems.bias, .number(-1e6...1e6)),
    ]
  }

  /// The architecture, where it is not that of models of former formats.
  private var storedArchitecture: Architecture? {
    get { shape.architecture == .transformer ? nil : shape.architecture }
    set { shape.architecture = newValue ?? .transformer }
  }

  private var storedFormat: Int {
    if shape.architecture != .transformer { return Self.format }
    return content.isEmpty ? Self.formatWithoutContent : Self.formatWithContent
  }

  private var storedNewItems: NewItemCalibration {
    get { newItems ?? NewItemCalibration() }
    set { newItems = newValue }
  }

  private var storedRules: Rules {
    get { rules ?? Rules() }
    set { rules = newValue }
  }

  /// The manifest as JSON.
  package func encoded() -> String {
    var json = JSONObject()
    json["format"] = .number(JSONNumber(storedFormat))
    json["encoder"] = .string("session")
    func write(_ fields: [Field]) {
      for field in fields {
        guard let value = field.write(self) else { continue }
        guard let group = field.group else {
          json[field.name] = value
          continue
        }
        var members = json[group]?.object ?? JSONObject()
        members[field.name] = value
        json[group] = .object(members)
      }
    }
    write(Self.fields)
    var scores = JSONObject()
    for score in self.scores { scores[score.name] = JSONNumber(score.value).map { .number($0) } }
    json["scores"] = .object(scores)
    if rules != nil { write(Self.ruleFields) }
    if newItems != nil { write(Self.newItemFields) }
    json["kinds"] = .array(kinds.map { .string($0) })
    json["features"] = .array(features.map { .string($0) })
    if !content.isEmpty { json["content"] = .array(content.map(\.json)) }
    return JSONValue.object(json).text
  }

  /// - Throws: `RecommendingError` `.corrupted` for text that is no manifest, `.foreign` for one of a later format.
  package init(decoding text: String) throws {
    guard let json = try? JSONParser.parse(text).object else { throw Self.damaged("it is not a JSON object") }
    guard let format = json["format"].flatMap(Coding.positive.read) else {
      throw Self.damaged("it has no format")
    }
    guard format <= Self.format else {
      throw RecommendingError(
        code: .foreign,
        message: "the model is of format \(format), newer than this program knows; use a newer version of it")
    }
    func texts(_ name: String) throws -> [String] {
      guard let values = json[name]?.array else { throw Self.damaged("\(name) is not a list") }
      return try values.map { value in
        guard let text = value.string else { throw Self.damaged("\(name) holds something that is not text") }
        return text
      }
    }
    self.init(
      shape: SessionConfiguration(itemCount: 1), recipe: TrainingConfiguration(), data: Data(),
      kinds: try texts("kinds"), features: try texts("features"), isRepeating: false)
    let more =
      (json["rules"] == nil ? [] : Self.ruleFields) + (json["newItems"] == nil ? [] : Self.newItemFields)
    for field in Self.fields + more {
      try field.read(field.group.map { json[$0]?.object?[field.name] } ?? json[field.name], &self)
    }
    rules?.hasCounts = format >= 3
    scores = (json["scores"]?.object?.members ?? []).compactMap { member in
      member.value.number.map { (member.key, $0) }
    }
    shape.kindCount = kinds.isEmpty ? 0 : kinds.count + 1
    shape.featureCount = features.count
    content = try (json["content"]?.array ?? []).map { source in
      guard let source = ContentSource(source) else {
        throw Self.damaged("a source of content is not described")
      }
      return source
    }
    shape.contentWidth = content.reduce(0) { $0 + $1.dimension }
    guard shape.dimension % shape.heads == 0, shape.dimension / shape.heads % 2 == 0 else {
      throw Self.damaged("\(shape.heads) heads of a dimension of \(shape.dimension)")
    }
    guard kinds.count < 256, Set(features).count == features.count else {
      throw Self.damaged("\(kinds.count) kinds, \(features.count) features")
    }
  }
}
