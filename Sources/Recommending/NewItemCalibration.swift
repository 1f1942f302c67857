import Platform

/// The score of an item that came after the training, beside those of the items that the model learned about:
/// `session` · its product with the query vector + `content` · the likeness of its content to the history's + `bias`.
struct NewItemCalibration: Sendable, Hashable {
  var session = 1.0
  var content = 0.0
  var bias = 0.0

  func score(_ product: Float, likeness: Float) -> Float {
    Float(session) * product + Float(content) * likeness + Float(bias)
  }
}

/// Held-out targets to calibrate by, a part of which are of items that the model has not learned from.
///
/// The weights of product and likeness are those with which a softmax over all items gives the targets the highest
/// likelihood. The bias then makes new items as frequent among the first ten as among the targets: the likelihood alone
/// would hide them behind items that more is known of. It is set once more when the model has learned all, since the
/// scores of known items grow with what is learned about them.
struct CalibrationCases {
  /// What is asked of a case.
  struct Case {
    /// The logarithm of the sum of `e^score` over all known items.
    let knownLogSum: Float
    /// The largest scores of known items, falling.
    let knownBest: [Float]
    /// Of each new item; the least number there is where it was seen.
    let products: [Float]
    let likenesses: [Float]
    /// The target among the new items; nil where it is a known one.
    let target: Int?
  }

  static let listLength = 10
  /// The product of an item that was seen.
  static let seen = -Float.greatestFiniteMagnitude
  private let cases: [Case]
  /// How many items each of the new ones stands for.
  private let multiplicities: [Float]

  init(_ cases: [Case], multiplicities: [Float]) {
    (self.cases, self.multiplicities) = (cases, multiplicities)
  }

  /// Fewer targets among new items say nothing.
  static let leastTargets = 20

  /// - Returns: nil where there is too little to calibrate by.
  func calibration() -> NewItemCalibration? {
    guard cases.count(where: { $0.target != nil }) >= Self.leastTargets else { return nil }
    var weights = fitted()
    // Where likeness or the product misleads, it is not used the other way round.
    weights.session = max(0, weights.session)
    weights.content = max(0, weights.content)
    let found = withFairBias(weights, share: newTargetShare)
    let isFinite = [found.session, found.content, found.bias].allSatisfy { abs($0) < 1e6 }
    return isFinite ? found : nil
  }

  /// The share of new items among the targets.
  var newTargetShare: Double {
    Double(cases.count { $0.target != nil }) / Double(max(1, cases.count))
  }

  /// The weights of highest likelihood, by Newton's method.
  private func fitted() -> NewItemCalibration {
    var weights: [Double] = [1, 0, 0]
    var likelihood = -Double.infinity
    var step: [Double] = [0, 0, 0]
    for _ in 0..<30 {
      let tried = zip(weights, step).map(+)
      let (value, gradient, curvature) = derivatives(at: tried)
      if value < likelihood - 1e-9 {
        step = step.map { $0 / 2 }
        continue
      }
      (weights, likelihood) = (tried, value)
      guard let next = Self.solve(curvature, gradient) else { break }
      step = next
      if step.allSatisfy({ abs($0) < 1e-5 }) { break }
    }
    return NewItemCalibration(session: weights[0], content: weights[1], bias: weights[2])
  }

  /// The mean log likelihood at some weights, its gradient, and its negative second derivatives [3, 3].
  private func derivatives(at weights: [Double]) -> (Double, [Double], [Double]) {
    var (value, gradient, curvature) = (0.0, [0.0, 0, 0], [Double](repeating: 0, count: 9))
    for one in cases {
      var largest = Double(one.knownLogSum)
      var scores = [Double](repeating: -.infinity, count: one.products.count)
      for item in scores.indices where one.products[item] != Self.seen {
        scores[item] =
          weights[0] * Double(one.products[item]) + weights[1] * Double(one.likenesses[item]) + weights[2]
        largest = max(largest, scores[item])
      }
      var (sum, first, second) = (
        exp(Double(one.knownLogSum) - largest), [0.0, 0, 0], [Double](repeating: 0, count: 9)
      )
      for item in scores.indices where scores[item] > largest - 30 {
        let power = Double(multiplicities[item]) * exp(scores[item] - largest)
        let inputs = [Double(one.products[item]), Double(one.likenesses[item]), 1]
        sum += power
        for row in 0..<3 {
          first[row] += power * inputs[row]
          for column in 0..<3 { second[row * 3 + column] += power * inputs[row] * inputs[column] }
        }
      }
      value -= largest + log(sum)
      if let target = one.target {
        value += scores[target]
        let inputs = [Double(one.products[target]), Double(one.likenesses[target]), 1]
        for row in 0..<3 { gradient[row] += inputs[row] }
      } else {
        // A known target's own score does not change with the weights.
        value += Double(one.knownLogSum)
      }
      for row in 0..<3 {
        gradient[row] -= first[row] / sum
        for column in 0..<3 {
          curvature[row * 3 + column] +=
            second[row * 3 + column] / sum - first[row] * first[column] / (sum * sum)
        }
      }
    }
    let count = Double(cases.count)
    // A little damping: without contents likeness is 0 everywhere and has no curvature.
    for place in [0, 4, 8] { curvature[place] += 1e-9 * count }
    return (value / count, gradient.map { $0 / count }, curvature.map { $0 / count })
  }

  /// The solution of three linear equations; nil where there is none.
  private static func solve(_ matrix: [Double], _ right: [Double]) -> [Double]? {
    func determinant(_ m: [Double]) -> Double {
      m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
    }
    let whole = determinant(matrix)
    guard abs(whole) > 1e-300 else { return nil }
    return (0..<3).map { column in
      var replaced = matrix
      for row in 0..<3 { replaced[row * 3 + column] = right[row] }
      return determinant(replaced) / whole
    }
  }

  /// The same with the bias with which new items have a share of the lists.
  func withFairBias(_ weights: NewItemCalibration, share: Double) -> NewItemCalibration {
    var weights = weights
    weights.bias = 0
    let best = cases.map { one in
      let scores = one.products.indices.lazy.filter { one.products[$0] != Self.seen }
        .map { (weights.score(one.products[$0], likeness: one.likenesses[$0]), multiplicities[$0]) }
      return Array(scores.sorted { $0.0 > $1.0 }.prefix(Self.listLength))
    }
    func exposure(_ bias: Float) -> Double {
      var (newCount, count): (Float, Float) = (0, 0)
      for (one, found) in zip(cases, best) {
        var (known, place, taken): (Int, Int, Float) = (0, 0, 0)
        while taken < Float(Self.listLength), known < one.knownBest.count || place < found.count {
          let isNew =
            place < found.count
            && (known == one.knownBest.count || found[place].0 + bias > one.knownBest[known])
          let copies = isNew ? min(found[place].1, Float(Self.listLength) - taken) : 1
          if isNew { (place, newCount) = (place + 1, newCount + copies) } else { known += 1 }
          taken += copies
        }
        count += taken
      }
      return count == 0 ? 0 : Double(newCount / count)
    }
    var (low, high): (Float, Float) = (-100, 100)
    for _ in 0..<40 {
      let middle = (low + high) / 2
      if exposure(middle) > share { high = middle } else { low = middle }
    }
    weights.bias = Double((low + high) / 2)
    return weights
  }
}
