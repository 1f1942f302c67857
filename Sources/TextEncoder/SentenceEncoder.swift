import Basics
import Interchange
import Synchronization
package import Tensors
import Transformer

/// A text model read from the folder that sentence-transformers saves (https://sbert.net): the vectors are those of the
/// reference within rounding.
package final class SentenceEncoder: TextEncoding {
  /// What is chosen for an encoder beside its model.
  package struct Options: Sendable, Hashable {
    /// The numbers that weights are kept and multiplied in.
    package var precision: WeightPrecision
    /// How many of a vector's components are kept, for models that were trained for it (Kusupati et al. 2022,
    /// "Matryoshka Representation Learning"); nil for all.
    package var dimension: Int?
    /// In place of the model's own prefixes.
    package var prefixes: TextPrefixes?

    package init(
      precision: WeightPrecision = .float32, dimension: Int? = nil, prefixes: TextPrefixes? = nil
    ) {
      (self.precision, self.dimension, self.prefixes) = (precision, dimension, prefixes)
    }
  }

  package let dimension: Int
  package let prefixes: TextPrefixes
  package let precision: WeightPrecision
  /// Differs where the model's files, the precision, the dimension or the prefixes do; 16 hexadecimal digits.
  package let fingerprint: String
  /// How the model's vectors are to be compared: `cosine`, `dot` or `euclidean`; nil where the model does not say.
  package let similarity: String?
  /// The most tokens of a text; what is longer is cut.
  package let longestText: Int

  private enum Model {
    case transformer(BertModel, SentenceModelSettings.Pooling)
    case table(TokenTable)
  }

  private let tokenizer: any Tokenizing
  private let model: Model
  /// Components before the cut.
  private let width: Int
  private let normalizes: Bool
  private let lowercases: Bool
  /// What threads work with, kept for the next.
  private let spare = Mutex<[Scratch]>([])

  /// Tokens that are encoded at once: enough for the matrices' tiles, few enough for the second-level cache.
  private static let batchTokens = 512
  /// Texts that are sorted by length together.
  private static let sortedTexts = 8_192

  /// - Parameter threads: that read the model at once.
  /// - Throws: `ModelError` naming what is missing, wrong or not supported; `InterchangeError`.
  package init(folder: ModelFolder, _ options: Options = Options(), threads: Int = processorCount) throws {
    let settings = try SentenceModelSettings(folder)
    switch settings.kind {
    case .transformer(let pooling):
      let configuration = try BertConfiguration(try settings.folder.object("config.json"))
      let weights = try ModelWeights(settings.folder, marker: BertModel.marker)
      let bert = try BertModel(weights, configuration, precision: options.precision, threads: threads)
      model = .transformer(bert, pooling)
      width = configuration.width
      let longest = try settings.longestText ?? VocabularyChoices(settings.folder).longestText
      longestText = min(longest ?? configuration.longestText, configuration.longestText)
      fingerprint = try Self.fingerprint(
        settings, weights, options, kind: pooling.rawValue, width: width, longestText: longestText)
    case .table:
      let table = try TokenTable(settings.folder)
      model = .table(table)
      width = table.width
      longestText = settings.longestText ?? table.longestText
      fingerprint = try Self.fingerprint(
        settings, table.weights, options, kind: "table", width: width, longestText: longestText)
    }
    tokenizer = try Self.tokenizer(of: settings)
    prefixes = options.prefixes ?? settings.prefixes
    precision = options.precision
    (normalizes, lowercases) = (settings.normalizes, settings.lowercases)
    similarity = settings.similarity
    dimension = options.dimension ?? width
    try checkAgreement(settings)
  }

  /// The prefixes that a model says are to be used.
  package static func prefixes(of folder: ModelFolder) throws -> TextPrefixes {
    try SentenceModelSettings(folder).prefixes
  }

  private func checkAgreement(_ settings: SentenceModelSettings) throws(ModelError) {
    guard (1...width).contains(dimension) else {
      throw ModelError(
        code: .invalidSetting,
        message: "a dimension of \(dimension) is outside of 1 to \(width), the model's own")
    }
    let rows =
      switch model {
      case .transformer(let bert, _): bert.configuration.vocabularyCount
      case .table(let table): table.vocabularyCount
      }
    guard tokenizer.vocabularyCount <= rows else {
      throw ModelError(
        code: .corrupted,
        message:
          "'\(settings.folder.path)': its tokenizer has \(tokenizer.vocabularyCount) tokens, its model \(rows)"
      )
    }
  }

  private static func tokenizer(of settings: SentenceModelSettings) throws -> any Tokenizing {
    let folder = settings.folder
    do {
      if folder.has("tokenizer.json") {
        let content = try folder.bytes("tokenizer.json")
        return try content.withUnsafeBytes {
          try TokenizerFile.tokenizer(decoding: $0, hasEnds: settings.kind != .table)
        }
      }
      guard folder.has("vocab.txt") else {
        throw ModelError(code: .corrupted, message: "there is neither tokenizer.json nor vocab.txt")
      }
      let choices = try VocabularyChoices(folder)
      let content = try folder.bytes("vocab.txt")
      return try content.withUnsafeBytes {
        try TokenizerFile.tokenizer(
          vocabulary: $0, lowercases: choices.lowercases, isolatesIdeographs: choices.isolatesIdeographs)
      }
    } catch let error as ModelError {
      throw ModelError(code: error.code, message: "'\(folder.path)': \(error.message)")
    }
  }

  private static func fingerprint(
    _ settings: SentenceModelSettings, _ weights: ModelWeights, _ options: Options, kind: String, width: Int,
    longestText: Int
  ) throws -> String {
    let names = ["config.json", "tokenizer.json", "vocab.txt"].filter { settings.folder.has($0) }
    let files = try names.map { try settings.folder.bytes($0) }
    let prefixes = options.prefixes ?? settings.prefixes
    let words = [
      options.precision.rawValue, "\(options.dimension ?? width)", prefixes.query, prefixes.passage,
      "\(settings.normalizes)", kind, "\(settings.lowercases)", "\(longestText)",
      settings.folder.has("tokenizer.json") ? "" : try VocabularyChoices(settings.folder).words,
    ]
    let description = Array(words.map { "\($0.utf8.count):\($0)" }.joined().utf8)
    var number: UInt64 = 0
    for content in files + [description] {
      number = FeatureHash.finish(number ^ content.withUnsafeBytes { ModelWeights.fingerprint(of: $0) })
    }
    number = FeatureHash.finish(number ^ ModelWeights.fingerprint(of: weights.file.bytes))
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Room for one thread's work.
  private final class Scratch: Sendable {
    let bert = BertModel.Scratch()
    let hidden = Buffer<Float>()
  }

  private func withScratch<R>(_ body: (Scratch) throws -> R) rethrows -> R {
    let scratch = spare.withLock { $0.popLast() } ?? Scratch()
    defer { spare.withLock { $0.append(scratch) } }
    return try body(scratch)
  }
}

/// What `tokenizer_config.json` says of texts, where `tokenizer.json` does not.
private struct VocabularyChoices {
  var lowercases = true
  var isolatesIdeographs = true
  var longestText: Int?

  init(_ folder: ModelFolder) throws {
    guard folder.has("tokenizer_config.json") else { return }
    let fields = try folder.object("tokenizer_config.json")
    lowercases = try fields.flag("do_lower_case") ?? true
    isolatesIdeographs = try fields.flag("tokenize_chinese_chars") ?? true
    if let strips = try fields.flag("strip_accents"), strips != lowercases, !folder.has("tokenizer.json") {
      throw ModelError(
        code: .unsupported,
        message: "'\(fields.file)': \"strip_accents\" that differs from \"do_lower_case\" is not supported")
    }
    // What has no limit has a number of thirty digits.
    if let number = fields["model_max_length"]?.number, (3...1_000_000).contains(number) {
      longestText = Int(number)
    }
  }

  var words: String { "\(lowercases) \(isolatesIdeographs)" }
}

// MARK: Encoding

extension SentenceEncoder {
  /// As `TextEncoding` says.
  package func encode(
    _ texts: [String], as role: TextRole, threads: Int, into vectors: UnsafeMutablePointer<Float>
  ) throws {
    for first in stride(from: 0, to: texts.count, by: Self.sortedTexts) {
      let part = texts[first..<min(first + Self.sortedTexts, texts.count)]
      try encode(Array(part), role, threads, vectors + first * dimension)
    }
  }

  /// The tokens of a text, as the model sees it.
  package func tokens(of text: String, as role: TextRole = .passage) -> [UInt32] {
    var tokens: [UInt32] = []
    let whole = prefixes.prefixed(text, as: role)
    tokenizer.tokenize(lowercases ? LowerCase.of(whole) : whole, maximumCount: longestText, into: &tokens)
    return tokens
  }

  private func encode(
    _ texts: [String], _ role: TextRole, _ threads: Int, _ vectors: UnsafeMutablePointer<Float>
  ) throws {
    let tokens = try parallelMap(texts.count, threads: threads) { self.tokens(of: texts[$0], as: role) }
    // a place of its own for each text
    nonisolated(unsafe) let vectors = vectors
    let batches = Self.batches(of: tokens)
    try parallelFor(count: batches.count, threads: threads) { _, range in
      for index in range {
        try Task.checkCancellation()
        withScratch { encode(batches[index], of: tokens, into: vectors, $0) }
      }
    }
  }

  /// Texts of like length together, the longest first, so that threads end at about the same time.
  private static func batches(of tokens: [[UInt32]]) -> [[Int]] {
    let order = tokens.indices.sorted { (tokens[$0].count, $1) > (tokens[$1].count, $0) }
    var batches: [[Int]] = []
    var count = 0
    for text in order {
      if batches.isEmpty || count + tokens[text].count > batchTokens {
        batches.append([])
        count = 0
      }
      batches[batches.count - 1].append(text)
      count += tokens[text].count
    }
    return batches
  }

  private func encode(
    _ batch: [Int], of tokens: [[UInt32]], into vectors: UnsafeMutablePointer<Float>, _ scratch: Scratch
  ) {
    guard case .transformer(let bert, let pooling) = model else {
      if case .table(let table) = model {
        for text in batch {
          finish(table.mean(of: tokens[text], unknown: tokenizer.unknownToken), vectors + text * dimension)
        }
      }
      return
    }
    var sequences = PackedSequences()
    var all: [UInt32] = []
    for text in batch {
      sequences.append(length: tokens[text].count)
      all += tokens[text]
    }
    let hidden = scratch.hidden.reserve(all.count * width)
    bert.forward(all, sequences, into: hidden, scratch.bert)
    for (place, text) in batch.enumerated() {
      let rows = pooling == .cls ? min(1, tokens[text].count) : tokens[text].count
      let first = hidden + sequences.offsets[place] * width
      finish(Self.mean(first, rows: rows, width: width), vectors + text * dimension)
    }
  }

  private static func mean(_ x: UnsafePointer<Float>, rows: Int, width: Int) -> [Float] {
    var sums = [Float](repeating: 0, count: width)
    for row in 0..<rows {
      for column in 0..<width { sums[column] += x[row * width + column] }
    }
    let factor = 1 / Float(max(rows, 1))
    for column in 0..<width { sums[column] *= factor }
    return sums
  }

  /// Cuts a vector, brings it to length 1 where the model does so or where it was cut, and writes it.
  private func finish(_ whole: [Float], _ vector: UnsafeMutablePointer<Float>) {
    var factor: Float = 1
    if normalizes || dimension < width {
      var sum: Double = 0
      for index in 0..<dimension { sum += Double(whole[index]) * Double(whole[index]) }
      factor = Float(1 / max(sum.squareRoot(), 1e-12))
    }
    for index in 0..<dimension { vector[index] = whole[index] * factor }
  }
}
