import Basics
import Interchange

/// A table with a vector for each token, whose mean is a text's vector: model2vec
/// (https://github.com/MinishLab/model2vec) and the StaticEmbedding of sentence-transformers.
struct TokenTable {
  let weights: ModelWeights
  let width: Int
  /// Tokens that have a row.
  let vocabularyCount: Int
  private let rows: SafetensorsFile.Floats
  private let rowCount: Int
  /// A factor for each token; nil for 1.
  private let factors: SafetensorsFile.Floats?
  /// The row of each token; nil where it is the token's number.
  private let places: [Int32]?
  /// Whether the token of unknown words does not count: for model2vec, not for sentence-transformers.
  private let skipsUnknown: Bool

  /// The most tokens of a text that are read: as many as model2vec does, or nearly all.
  let longestText: Int

  init(_ folder: ModelFolder) throws {
    let isModel2vec =
      folder.has("config.json") ? try folder.object("config.json").text("model_type") == "model2vec" : false
    let name = isModel2vec ? "embeddings" : "embedding.weight"
    // Tables of model2vec are also read where sentence-transformers describes the model.
    let other = isModel2vec ? "embedding.weight" : "embeddings"
    do { weights = try ModelWeights(folder, marker: name) } catch let error as ModelError {
      guard let found = try? ModelWeights(folder, marker: other) else { throw error }
      weights = found
    }
    let table =
      weights.file.arrays.first { $0.name == name || $0.name.hasSuffix("." + name) } == nil ? other : name
    guard let shape = weights.shape(table), shape.count == 2, shape[1] >= 1, shape[1] <= Limits.dimension
    else {
      throw ModelError(
        code: .corrupted, message: "'\(weights.file.path)': \"\(table)\" is not a table of vectors")
    }
    (rowCount, width) = (shape[0], shape[1])
    rows = try weights.floats(table, shape: shape)
    places = try Self.mapping(in: weights, rowCount: rowCount)
    vocabularyCount = places?.count ?? rowCount
    factors = weights.shape("weights") == nil ? nil : try weights.floats("weights", shape: [vocabularyCount])
    skipsUnknown = isModel2vec
    longestText = isModel2vec ? 512 : 1_000_000
  }

  /// The array `mapping`: tokens to rows.
  private static func mapping(in weights: ModelWeights, rowCount: Int) throws -> [Int32]? {
    guard let array = weights.file["mapping"] else { return nil }
    return try weights.file.integers(array).enumerated().map { token, row in
      guard (0..<Int64(rowCount)).contains(row) else {
        throw ModelError(
          code: .corrupted,
          message:
            "'\(weights.file.path)': \"mapping\" names row \(row) of \(rowCount) for token \(token)")
      }
      return Int32(row)
    }
  }

  /// The mean of the vectors of a text's tokens; zeros for none.
  /// - Parameter unknown: the token of unknown words.
  func mean(of tokens: [UInt32], unknown: UInt32) -> [Float] {
    var sums = [Float](repeating: 0, count: width)
    guard let start = rows.values.baseAddress else { return sums }
    var count = 0
    for token in tokens where Int(token) < vocabularyCount && !(skipsUnknown && token == unknown) {
      let row = start + (places.map { Int($0[Int(token)]) } ?? Int(token)) * width
      let factor = factors?.values[Int(token)] ?? 1
      for column in 0..<width { sums[column] += factor * row[column] }
      count += 1
    }
    guard count > 0 else { return sums }
    let factor = 1 / Float(count)
    for column in 0..<width { sums[column] *= factor }
    return sums
  }
}
