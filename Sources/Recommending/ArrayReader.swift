import Baselines
import Records
import SessionEncoder

/// Finds a model's arrays by name.
struct ArrayReader {
  let version: UInt32
  let arrays: [ModelArray]

  func damaged(_ what: String) -> RecommendingError {
    RecommendingError(code: .corrupted, message: "model \(version) cannot be used: \(what)")
  }

  func has(_ name: String) -> Bool { arrays.contains { $0.name == name } }

  private func array(_ name: String, _ shape: [Int]?) throws -> ModelArray {
    guard let array = arrays.first(where: { $0.name == name }) else { throw damaged("\(name) is missing") }
    guard shape ?? array.shape == array.shape else {
      throw damaged("\(name) is of shape \(array.shape) where \(shape ?? []) belongs")
    }
    return array
  }

  /// - Parameter shape: what it must be; nil for any.
  func floats(_ name: String, _ shape: [Int]? = nil) throws -> [Float] {
    guard case .floats(let values) = try array(name, shape).values else {
      throw damaged("\(name) holds no single-precision numbers")
    }
    guard values.allSatisfy(\.isFinite) else { throw damaged("a number of \(name) is not finite") }
    return values
  }

  func words(_ name: String, _ count: Int) throws -> [UInt32] {
    guard case .words(let values) = try array(name, [count]).values else {
      throw damaged("\(name) holds no whole numbers")
    }
    return values
  }
}

extension ArrayReader {
  private typealias Names = ModelContents.Names

  /// What was learned of content; nil for a model without any.
  func projection(_ sources: [ContentSource], width: Int) throws -> NewItemEncoder.Projection? {
    guard !sources.isEmpty else { return nil }
    let dimensions = sources.map(\.dimension)
    let matrixCounts = dimensions.map { Whitening.matrixCount(dimension: $0) }
    let weights = try floats(Names.contentWeights, [width, dimensions.reduce(0, +)])
    var means = try floats(Names.contentMeans, [dimensions.reduce(0, +)])[...]
    var matrices = try floats(Names.contentWhitenings, [matrixCounts.reduce(0, +)])[...]
    return .init(
      weights: weights,
      whitenings: zip(dimensions, matrixCounts).map { dimension, count in
        defer { (means, matrices) = (means.dropFirst(dimension), matrices.dropFirst(count)) }
        return Whitening(mean: Array(means.prefix(dimension)), matrix: Array(matrices.prefix(count)))
      })
  }
}

/// The numbers of a model of formats up to 6: all single-precision, one array after the other, which only the manifest
/// distinguishes.
struct OldNumbers {
  struct Misfit: Error {
    let what: String
  }

  private var rest: ArraySlice<Float>
  private let count: Int

  init(_ values: [Float]) {
    rest = values[...]
    count = values.count
  }

  mutating func next(_ count: Int) throws -> [Float] {
    guard rest.count >= count else { throw Misfit(what: "its \(self.count) weights are too few") }
    defer { rest = rest.dropFirst(count) }
    return Array(rest.prefix(count))
  }

  private mutating func whole(_ count: Int) throws -> [UInt32] {
    try next(count).map { value in
      guard value >= 0, value <= 0x1p24, value == value.rounded() else {
        throw Misfit(what: "its rules are no table of items")
      }
      return UInt32(value)
    }
  }

  mutating func rules(_ described: SessionManifest.Rules, itemCount: Int) throws -> SequentialRules {
    let counts = try whole(itemCount)
    let columns = try whole(described.count)
    let weights = try next(described.count)
    var users: SequentialRules.Counts?
    if described.hasCounts {
      let ofRules = try whole(described.count)
      users = SequentialRules.Counts(items: try whole(itemCount), rules: ofRules)
    }
    guard
      let rules = SequentialRules(
        counts: counts, columns: columns, weights: weights, described.configuration, users)
    else { throw Misfit(what: "its rules are no table of items") }
    return rules
  }

  func requireEnd() throws {
    guard rest.isEmpty else { throw Misfit(what: "\(rest.count) of its \(count) weights are too many") }
  }
}

extension SequentialRules {
  /// - Parameters:
  ///   - counts: the rules of each item.
  ///   - columns: the later item of each rule.
  /// - Returns: nil for what is no table of as many items as there are counts.
  init?(
    counts: [UInt32], columns: [UInt32], weights: [Float], _ configuration: Configuration, _ users: Counts?
  ) {
    guard columns.allSatisfy({ Int($0) < counts.count }), weights.allSatisfy({ $0 >= 0 }),
      counts.reduce(0, { $0 + Int($1) }) == columns.count
    else { return nil }
    self.init(
      SparseTable(counts: counts.map { Int($0) }, columns: columns, weights: weights), configuration, users)
  }
}
