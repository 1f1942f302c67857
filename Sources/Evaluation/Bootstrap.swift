import Basics

/// Intervals of a mean by resampling the cases with replacement (Efron 1979), percentiles 2.5 and 97.5.
package struct Bootstrap: Sendable {
  package let low: Double
  package let high: Double

  /// - Parameter values: what each case adds to the mean; of the difference of two models, their difference.
  package init(meanOf values: [Double], resamples: Int = 1_000, seed: UInt64 = 1) {
    guard !values.isEmpty else {
      (low, high) = (0, 0)
      return
    }
    var generator = SeededGenerator(seed: seed)
    let count = UInt64(values.count)
    var means = (0..<resamples).map { _ in
      var sum = 0.0
      for _ in values { sum += values[Int(generator.next().multipliedFullWidth(by: count).high)] }
      return sum / Double(values.count)
    }
    means.sort()
    low = means[Int(0.025 * Double(resamples - 1))]
    high = means[Int((0.975 * Double(resamples - 1)).rounded(.up))]
  }
}
