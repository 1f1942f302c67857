import Basics
import Records

extension FuzzTarget {
  /// Recall curves: whatever was measured, a beam's width is at least k and no number that ends the process.
  static let curve = FuzzTarget("curve") { bytes in
    var input = FuzzInput(bytes)
    let k = 1 + Int(input.number(UInt32.self))
    let memory = 1 + Int(input.number(UInt16.self))
    let target = Double(input.number(UInt16.self)) / 65_536
    try StoredRecord(seed: 0) { record in
      let curve = try RecallCurve(decoding: record)
      for (k, target) in [(k, target), (1, 0.98), (10, 0.98), (37, 0.5), (1_000, 0.999), (10, 0)] {
        guard let width = curve.beamWidth(forRecall: target, k: k) else { continue }
        try hold(width >= 1 && (k > 100 || width >= k), "a width of \(width) for \(k)")
      }
      // Queries of later merges are added; the sum is stored, and has to be read again.
      let sum = curve.adding(curve, memory: memory)
      let stored = sum.encoded()
      let again = try accepted(RecordError.self) {
        try stored.withUnsafeBytes { try RecallCurve(decoding: $0) }
      }
      try hold(again == sum, "\(curve) added to itself is refused")
      return curve.encoded()
    }.check(input.rest)
  } samples: {
    let points = [8, 16, 64, 256, 1_024].map { ef in
      RecallCurve.Point(
        ef: ef, queries: 200, distances: 40 * Double(ef),
        recall: RecallCurve.depths.map { $0 > ef ? 0 : 1 - 0.5 * Double($0) / Double(ef + $0) },
        deviation: RecallCurve.depths.map { $0 > ef ? 0 : 0.1 })
    }
    return (0...points.count).map { count in
      [9, 0, 0, 0, 200, 0, 0, 250]
        + StoredRecord.payload(RecallCurve(points: Array(points.prefix(count))).encoded())
    }
  }
}
