package import Basics
import Evaluation
import Synchronization

/// Vectors of users and items whose inner products are 1 where a user took an item and 0 elsewhere, what was taken
/// weighing 1 + alpha, by alternating least squares (Hu, Koren and Volinsky 2008). A history that was not learned from
/// gets its vector from the items' vectors in the same way.
package struct MatrixFactorization: ItemScorer {
  /// The shape and the recipe of the factors.
  package struct Configuration: Sendable, Hashable {
    package var width = 64
    package var alpha = 10.0
    package var lambda = 10.0
    package var iterations = 10
    package var seed: UInt64 = 1
    /// How many of the newest items of a history are looked at.
    package var historyLimit = 200

    package init() {}
  }

  package let itemCount: Int
  package let configuration: Configuration
  /// [items, width]
  package private(set) var items: [Float]
  /// YᵀY + λ I of the items' vectors.
  private var gram: [Float] = []

  /// - Parameter isStopped: receives how many passes over users and items are done, and says whether to end with them.
  package init(
    _ sequences: SequenceSet, itemCount: Int, threads: Int, _ configuration: Configuration = Configuration(),
    isStopped: (Int) -> Bool = { _ in false }
  ) {
    self.itemCount = itemCount
    self.configuration = configuration
    var generator = SeededGenerator(seed: configuration.seed)
    items = (0..<(itemCount * configuration.width)).map { _ in Float(0.1 * generator.nextGaussian()) }
    let sets = sequences.map { Array(Set($0)).sorted() }
    let owners = Inverted(sets, itemCount: itemCount)
    for pass in 1...max(1, configuration.iterations) {
      gram = Self.gram(items, configuration)
      let users = solveAll(sets.count, threads) { sets[$0] }
      let itemGram = Self.gram(users, configuration)
      items = Self.solveAll(itemCount, threads, users, itemGram, configuration) { Array(owners[$0]) }
      if isStopped(pass) { break }
    }
    gram = Self.gram(items, configuration)
  }

  private func solveAll(_ count: Int, _ threads: Int, _ set: @Sendable (Int) -> [UInt32]) -> [Float] {
    Self.solveAll(count, threads, items, gram, configuration, set)
  }

  private static func solveAll(
    _ count: Int, _ threads: Int, _ others: [Float], _ gram: [Float], _ configuration: Configuration,
    _ set: @Sendable (Int) -> [UInt32]
  ) -> [Float] {
    let width = configuration.width
    let found = Mutex([Float](repeating: 0, count: count * width))
    parallelFor(count: count, threads: threads, chunk: 64) { _, part in
      var solved: [Float] = []
      solved.reserveCapacity(part.count * width)
      for index in part { solved += solve(set(index), others, gram, configuration) }
      found.withLock { [solved] in
        $0.replaceSubrange((part.lowerBound * width)..<(part.upperBound * width), with: solved)
      }
    }
    return found.withLock { $0 }
  }

  /// VᵀV + λ I.
  private static func gram(_ vectors: [Float], _ configuration: Configuration) -> [Float] {
    let width = configuration.width
    var sums = [Double](repeating: 0, count: width * width)
    for start in stride(from: 0, to: vectors.count, by: width) {
      for row in 0..<width {
        let value = Double(vectors[start + row])
        for column in 0...row { sums[row * width + column] += value * Double(vectors[start + column]) }
      }
    }
    var gram = [Float](repeating: 0, count: width * width)
    for row in 0..<width {
      for column in 0...row {
        let value = Float(sums[row * width + column] + (row == column ? configuration.lambda : 0))
        gram[row * width + column] = value
        gram[column * width + row] = value
      }
    }
    return gram
  }

  /// The vector x of least squares: (G + α Σ v vᵀ) x = (1 + α) Σ v over the vectors v of a set, by Cholesky.
  private static func solve(
    _ set: [UInt32], _ vectors: [Float], _ gram: [Float], _ configuration: Configuration
  ) -> [Float] {
    let width = configuration.width
    let alpha = Float(configuration.alpha)
    var matrix = gram
    var right = [Float](repeating: 0, count: width)
    matrix.withUnsafeMutableBufferPointer { matrix in
      vectors.withUnsafeBufferPointer { vectors in
        for item in set {
          let start = Int(item) * width
          for row in 0..<width {
            let value = alpha * vectors[start + row]
            right[row] += (1 + alpha) * vectors[start + row]
            for column in 0...row { matrix[row * width + column] += value * vectors[start + column] }
          }
        }
      }
      for column in 0..<width {
        var diagonal = matrix[column * width + column]
        for k in 0..<column { diagonal -= matrix[column * width + k] * matrix[column * width + k] }
        let root = max(diagonal, 1e-12).squareRoot()
        matrix[column * width + column] = root
        for row in (column + 1)..<max(column + 1, width) {
          var sum = matrix[row * width + column]
          for k in 0..<column { sum -= matrix[row * width + k] * matrix[column * width + k] }
          matrix[row * width + column] = sum / root
        }
      }
      for row in 0..<width {
        for k in 0..<row { right[row] -= matrix[row * width + k] * right[k] }
        right[row] /= matrix[row * width + row]
      }
      for row in (0..<width).reversed() {
        for k in (row + 1)..<max(row + 1, width) { right[row] -= matrix[k * width + row] * right[k] }
        right[row] /= matrix[row * width + row]
      }
    }
    return right
  }

  /// The vector [width] of a history, oldest first.
  package func vector(of history: ArraySlice<UInt32>) -> [Float] {
    Self.solve(Set(history.suffix(configuration.historyLimit)).sorted(), items, gram, configuration)
  }

  package func addScores(after history: ArraySlice<UInt32>, to scores: UnsafeMutableBufferPointer<Float>) {
    let (query, width) = (vector(of: history), configuration.width)
    items.withUnsafeBufferPointer { items in
      for item in 0..<itemCount {
        var sum: Float = 0
        for index in 0..<width { sum += query[index] * items[item * width + index] }
        scores[item] += sum
      }
    }
  }
}
