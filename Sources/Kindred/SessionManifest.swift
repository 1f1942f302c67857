import Baselines
import Interchange
import SessionEncoder
import Training
import Transformer

/// What is stored of a session model beside its weights, as JSON.
struct SessionManifest: Sendable {
  /// Raised when what an older program would make of the weights changes; models without rules are of format 1, those of rules
  /// without counts of format 2.
  static let format = 3

  /// What a model learned from.
  struct Data: Sendable {
    var sequences = 0
    var events = 0
    /// Users with an event that was learned from or held out for early stopping, and those events; nil for older models.
    var users: Int?
    var usedEvents: Int?
    /// How many of each sequence's last events were left out on purpose, for an evaluation.
    var excludedLast = 0
    /// Events at or after this time were left out, in milliseconds since 1970.
    var before: Int64?
    /// The newest event's time.
    var newest: Int64 = 0
    /// The oldest event's time; nil for older models.
    var oldest: Int64?
  }

  /// What is known of a model's rules beside their weights.
  struct Rules: Sendable {
    var share = 0.0
    /// Rules of all items together.
    var count = 0
    var configuration = SequentialRules.Configuration()
    /// Whether it is stored how many users each rule and item occurs with.
    var hasCounts = false
  }

  var shape: SessionConfiguration
  var recipe: TrainingConfiguration
  var data: Data
  /// The kinds of events tokens tell apart, by number from 1; 0 is any other.
  var kinds: [String]
  /// The names of the items' features.
  var features: [String]
  /// Whether histories may hold an item more than once, and recommendations what was seen.
  var isRepeating: Bool
  var epochs = 0
  /// Epochs after those in which held-out events were learned from too.
  var epochsWithHeldOut = 0
  var seconds = 0.0
  /// The best score on held-out events, by name.
  var scores: [(name: String, value: Double)] = []
  var rules: Rules?

  private static let validationScore = "validationNDCG@10"

  /// NDCG@10 of the events held out for early stopping.
  var validationNDCG: Double? {
    get { scores.first { $0.name == Self.validationScore && $0.value >= 0 }?.value }
    set { scores = newValue.map { [(Self.validationScore, $0)] } ?? [] }
  }

  func encoded() -> String {
    var json = JSONWriter()
    json.object { json in
      json.member("format", rules.map { $0.hasCounts ? Self.format : 2 } ?? 1)
      json.member("encoder", "session")
      json.key("shape")
      json.object { json in
        json.member("items", shape.itemCount)
        json.member("dimension", shape.dimension)
        json.member("layers", shape.blockCount)
        json.member("heads", shape.heads)
        json.member("expansion", shape.expansion)
        json.member("activation", shape.activation.rawValue)
        json.member("normalization", shape.normalization.rawValue)
        json.member("gated", shape.isGated)
        json.member("maxLength", shape.maximumLength)
        json.member("positions", shape.positions.rawValue)
        json.member("timeGaps", shape.hasTimeGaps)
        json.member("interests", shape.interestCount)
        if let temperature = shape.temperature { json.member("temperature", temperature) }
      }
      json.key("recipe")
      json.object { json in
        json.member("batchSize", recipe.batchSize)
        json.member("learningRate", recipe.learningRate)
        json.member("dropout", recipe.dropout)
        json.member("attentionDropout", recipe.attentionDropout)
        json.member("rowDropout", recipe.rowDropout)
        json.member("averaging", recipe.averaging)
        if let negatives = recipe.negatives {
          json.member("negatives", negatives)
          json.member("popularShare", recipe.popularShare)
        }
        json.member("seed", recipe.seed)
        json.member("threads", recipe.threads)
      }
      json.key("data")
      json.object { json in
        json.member("sequences", data.sequences)
        json.member("events", data.events)
        json.member("excludedLast", data.excludedLast)
        if let before = data.before { json.member("before", before) }
        json.member("newest", data.newest)
        if let oldest = data.oldest { json.member("oldest", oldest) }
        if let users = data.users { json.member("users", users) }
        if let usedEvents = data.usedEvents { json.member("usedEvents", usedEvents) }
      }
      json.member("repeating", isRepeating)
      json.member("epochs", epochs)
      json.member("epochsWithHeldOut", epochsWithHeldOut)
      json.member("seconds", seconds)
      json.key("scores")
      json.object { json in for score in scores { json.member(score.name, score.value) } }
      if let rules {
        json.key("rules")
        json.object { json in
          json.member("share", rules.share)
          json.member("count", rules.count)
          json.member("window", rules.configuration.window)
          json.member("decay", rules.configuration.decay)
          json.member("antecedentPower", rules.configuration.antecedentPower)
          json.member("consequentPower", rules.configuration.consequentPower)
          json.member("symmetric", rules.configuration.isSymmetric)
          json.member("itself", rules.configuration.includesItself)
          if rules.hasCounts { json.member("minimumSupport", rules.configuration.minimumSupport) }
        }
      }
      json.member("kinds", .array(kinds.map { .string($0) }))
      json.member("features", .array(features.map { .string($0) }))
    }
    return json.text
  }

  /// - Throws: `StoreError` `.corrupted` for text that is no manifest, `.foreign` for one of a later format.
  init(decoding text: String) throws {
    func damaged(_ what: String) -> StoreError {
      StoreError(code: .corrupted, message: "a model's description cannot be used: \(what)")
    }
    guard let json = try? JSONParser.parse(text).object else { throw damaged("it is not a JSON object") }
    func member(_ group: String?, _ name: String) throws -> JSONValue {
      let object = group.map { json[$0]?.object } ?? json
      guard let value = object?[name] else {
        throw damaged("\(group.map { $0 + "." } ?? "")\(name) is missing")
      }
      return value
    }
    func number(_ group: String?, _ name: String, _ range: ClosedRange<Double>) throws -> Double {
      guard let value = try member(group, name).number, range.contains(value) else {
        throw damaged("\(name) is not a number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    func whole(_ group: String?, _ name: String, _ range: ClosedRange<Int>) throws -> Int {
      Int(try number(group, name, Double(range.lowerBound)...Double(range.upperBound)))
    }
    func flag(_ group: String?, _ name: String) throws -> Bool {
      guard case .bool(let flag) = try member(group, name) else {
        throw damaged("\(name) is not a truth value")
      }
      return flag
    }
    func choice<T: RawRepresentable<String>>(_ name: String, _ type: T.Type) throws -> T {
      guard let value = try member("shape", name).string.flatMap({ T(rawValue: $0) }) else {
        throw damaged("\(name) is not known to this version")
      }
      return value
    }
    func texts(_ name: String) throws -> [String] {
      guard let values = try member(nil, name).array else { throw damaged("\(name) is not a list") }
      return try values.map { value in
        guard let text = value.string else { throw damaged("\(name) holds something that is not text") }
        return text
      }
    }
    let format = try whole(nil, "format", 1...Int(Int32.max))
    guard format <= Self.format else {
      throw StoreError(
        code: .foreign,
        message: "the model is of format \(format), newer than this program knows; use a newer version of it")
    }
    shape = SessionConfiguration(itemCount: try whole("shape", "items", 1...Int(Int32.max)))
    shape.dimension = try whole("shape", "dimension", 2...4_096)
    shape.blockCount = try whole("shape", "layers", 1...64)
    shape.heads = try whole("shape", "heads", 1...shape.dimension)
    shape.expansion = try whole("shape", "expansion", 1...64)
    shape.activation = try choice("activation", Activation.self)
    shape.normalization = try choice("normalization", NormalizationKind.self)
    shape.isGated = try flag("shape", "gated")
    shape.maximumLength = try whole("shape", "maxLength", 1...100_000)
    shape.positions = try choice("positions", PositionKind.self)
    shape.hasTimeGaps = try flag("shape", "timeGaps")
    shape.interestCount = try whole("shape", "interests", 1...64)
    if json["shape"]?.object?["temperature"] != nil {
      shape.temperature = try number("shape", "temperature", 1e-4...1e4)
    }
    guard shape.dimension % shape.heads == 0, shape.dimension / shape.heads % 2 == 0 else {
      throw damaged("\(shape.heads) heads of a dimension of \(shape.dimension)")
    }
    recipe = TrainingConfiguration()
    recipe.batchSize = try whole("recipe", "batchSize", 1...Int(Int32.max))
    recipe.learningRate = try number("recipe", "learningRate", 0...1e6)
    recipe.dropout = try number("recipe", "dropout", 0...1)
    recipe.rowDropout = try number("recipe", "rowDropout", 0...1)
    recipe.averaging = try number("recipe", "averaging", 0...1)
    if json["recipe"]?.object?["negatives"] != nil {
      recipe.negatives = try whole("recipe", "negatives", 1...Int(Int32.max))
    }
    data = Data()
    data.sequences = try whole("data", "sequences", 0...Int(Int32.max))
    data.events = try whole("data", "events", 0...Int(1) << 52)
    data.excludedLast = try whole("data", "excludedLast", 0...Int(Int32.max))
    if case .number(let before)? = json["data"]?.object?["before"] { data.before = before.integer }
    if case .number(let newest) = try member("data", "newest") { data.newest = newest.integer ?? 0 }
    if case .number(let oldest)? = json["data"]?.object?["oldest"] { data.oldest = oldest.integer }
    if json["data"]?.object?["users"] != nil { data.users = try whole("data", "users", 0...Int(Int32.max)) }
    if json["data"]?.object?["usedEvents"] != nil {
      data.usedEvents = try whole("data", "usedEvents", 0...Int(1) << 52)
    }
    isRepeating = try flag(nil, "repeating")
    epochs = try whole(nil, "epochs", 0...Int(Int32.max))
    epochsWithHeldOut = try whole(nil, "epochsWithHeldOut", 0...Int(Int32.max))
    seconds = try number(nil, "seconds", 0...1e12)
    scores = (json["scores"]?.object?.members ?? []).compactMap { member in
      member.value.number.map { (member.key, $0) }
    }
    if json["rules"] != nil {
      var described = Rules()
      described.share = try number("rules", "share", 0...0.99)
      described.count = try whole("rules", "count", 0...Int(Int32.max))
      described.configuration.window = try whole("rules", "window", 1...1_000)
      described.configuration.decay = try number("rules", "decay", 0...1)
      described.configuration.antecedentPower = try number("rules", "antecedentPower", 0...1)
      described.configuration.consequentPower = try number("rules", "consequentPower", 0...1)
      described.configuration.isSymmetric = try flag("rules", "symmetric")
      // Models of before there was a choice do not say.
      if json["rules"]?.object?["itself"] != nil {
        described.configuration.includesItself = try flag("rules", "itself")
      }
      described.hasCounts = format >= 3
      if described.hasCounts {
        described.configuration.minimumSupport = try whole("rules", "minimumSupport", 1...Int(Int32.max))
      }
      rules = described
    }
    kinds = try texts("kinds")
    features = try texts("features")
    shape.kindCount = kinds.isEmpty ? 0 : kinds.count + 1
    shape.featureCount = features.count
    guard kinds.count < 256, Set(features).count == features.count else {
      throw damaged("\(kinds.count) kinds, \(features.count) features")
    }
  }
}

extension SessionManifest {
  init(
    shape: SessionConfiguration, recipe: TrainingConfiguration, data: Data, kinds: [String],
    features: [String], isRepeating: Bool
  ) {
    self.shape = shape
    self.recipe = recipe
    self.data = data
    self.kinds = kinds
    self.features = features
    self.isRepeating = isRepeating
  }
}
