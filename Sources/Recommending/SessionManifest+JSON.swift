import Basics
import Interchange
import SessionEncoder
import Training
import Transformer

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
      let dimension = json["dimension"].flatMap(ManifestCoding.whole(1...Limits.dimension).read)
    else { return nil }
    self.init(space: space, maker: maker, dimension: dimension)
  }
}

extension SessionManifest {
  static func damaged(_ what: String) -> RecommendingError {
    RecommendingError(code: .corrupted, message: "a model's description cannot be used: \(what)")
  }

  /// All values but those of rules, in the order in which they are written.
  private static var fields: [ManifestField] {
    [
      ManifestField("shape", "items", \.shape.itemCount, .positive),
      ManifestField("shape", "architecture", optional: \.storedArchitecture, .choice),
      ManifestField("shape", "dimension", \.shape.dimension, .whole(2...4_096)),
      ManifestField("shape", "layers", \.shape.blockCount, .whole(1...64)),
      ManifestField("shape", "heads", \.shape.heads, .whole(1...4_096)),
      ManifestField("shape", "expansion", \.shape.expansion, .whole(1...64)),
      ManifestField("shape", "activation", \.shape.activation, .choice),
      ManifestField("shape", "normalization", \.shape.normalization, .choice),
      ManifestField("shape", "gated", \.shape.isGated, .flag),
      ManifestField("shape", "maxLength", \.shape.maximumLength, .whole(1...1_000)),
      ManifestField("shape", "positions", \.shape.positions, .choice),
      ManifestField("shape", "timeGaps", \.shape.hasTimeGaps, .flag),
      ManifestField("shape", "interests", \.shape.interestCount, .whole(1...64)),
      ManifestField("shape", "temperature", optional: \.shape.temperature, .number(1e-4...1e4)),
      ManifestField("recipe", "batchSize", \.recipe.batchSize, .positive),
      ManifestField("recipe", "learningRate", \.recipe.learningRate, .number(0...1e6)),
      ManifestField("recipe", "dropout", \.recipe.dropout, .share),
      ManifestField("recipe", "attentionDropout", \.recipe.attentionDropout, .share, isRequired: false),
      ManifestField("recipe", "rowDropout", \.recipe.rowDropout, .share),
      ManifestField("recipe", "profileDropout", \.recipe.profileDropout, .share, isRequired: false),
      ManifestField("recipe", "averaging", \.recipe.averaging, .share),
      ManifestField("recipe", "negatives", optional: \.recipe.negatives, .positive),
      ManifestField("recipe", "popularShare", \.recipe.popularShare, .share, isRequired: false),
      ManifestField("recipe", "maskedShare", optional: \.recipe.maskedShare, .share),
      ManifestField("recipe", "lastMaskedShare", optional: \.recipe.lastMaskedShare, .share),
      ManifestField("recipe", "seed", \.recipe.seed, .exact, isRequired: false),
      ManifestField("recipe", "threads", \.recipe.threads, .positive, isRequired: false),
      ManifestField("data", "sequences", \.data.sequences, .count),
      ManifestField("data", "events", \.data.events, .whole(0...(1 << 52))),
      ManifestField("data", "excludedLast", \.data.excludedLast, .count),
      ManifestField("data", "signals", optional: \.data.signals, .exact),
      ManifestField("data", "before", optional: \.data.before, .exact),
      ManifestField("data", "newest", \.data.newest, .exact),
      ManifestField("data", "oldest", optional: \.data.oldest, .exact),
      ManifestField("data", "users", optional: \.data.users, .count),
      ManifestField("data", "usedEvents", optional: \.data.usedEvents, .whole(0...(1 << 52))),
      ManifestField(nil, "repeating", \.isRepeating, .flag),
      ManifestField(nil, "epochs", \.epochs, .count),
      ManifestField(nil, "epochsWithHeldOut", \.epochsWithHeldOut, .count),
      ManifestField(nil, "seconds", \.seconds, .number(0...1e12)),
    ]
  }

  /// The values of rules; those that not all formats have keep their defaults.
  private static var ruleFields: [ManifestField] {
    [
      ManifestField("rules", "share", \.storedRules.share, .number(0...0.99)),
      ManifestField("rules", "count", \.storedRules.count, .count),
      ManifestField("rules", "window", \.storedRules.configuration.window, .whole(1...1_000)),
      ManifestField("rules", "decay", \.storedRules.configuration.decay, .share),
      ManifestField("rules", "antecedentPower", \.storedRules.configuration.antecedentPower, .share),
      ManifestField("rules", "consequentPower", \.storedRules.configuration.consequentPower, .share),
      ManifestField("rules", "symmetric", \.storedRules.configuration.isSymmetric, .flag),
      ManifestField("rules", "itself", \.storedRules.configuration.includesItself, .flag, isRequired: false),
      ManifestField(
        "rules", "minimumSupport", \.storedRules.configuration.minimumSupport, .positive, isRequired: false),
    ]
  }

  /// How items are scored that came after the training.
  private static var newItemFields: [ManifestField] {
    [
      ManifestField("newItems", "session", \.storedNewItems.session, .number(0...1e6)),
      ManifestField("newItems", "content", \.storedNewItems.content, .number(0...1e6)),
      ManifestField("newItems", "bias", \.storedNewItems.bias, .number(-1e6...1e6)),
    ]
  }

  /// The architecture, where it is not that of models of former formats.
  private var storedArchitecture: Architecture? {
    get { shape.architecture == .transformer ? nil : shape.architecture }
    set { shape.architecture = newValue ?? .transformer }
  }

  /// The first format whose programs serve the model as it is.
  private var storedFormat: Int {
    if shape.architecture != .transformer || !profiles.isEmpty { return Self.format }
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
    func write(_ fields: [ManifestField]) {
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
    if !profiles.isEmpty { json["profiles"] = .array(profiles.map { .string($0) }) }
    return JSONValue.object(json).text
  }

  /// - Throws: `RecommendingError` `.corrupted` for text that is no manifest, `.foreign` for one of a later format.
  package init(decoding text: String) throws {
    guard let json = try? JSONParser.parse(text).object else { throw Self.damaged("it is not a JSON object") }
    guard let format = json["format"].flatMap(ManifestCoding.positive.read) else {
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
    profiles = json["profiles"] == nil ? [] : try texts("profiles")
    shape.profileFeatureCount = profiles.count
    guard shape.dimension % shape.heads == 0, shape.dimension / shape.heads % 2 == 0 else {
      throw Self.damaged("\(shape.heads) heads of a dimension of \(shape.dimension)")
    }
    guard kinds.count < 256, Set(features).count == features.count, Set(profiles).count == profiles.count
    else {
      throw Self.damaged("\(kinds.count) kinds, \(features.count) features, \(profiles.count) of users")
    }
  }
}
