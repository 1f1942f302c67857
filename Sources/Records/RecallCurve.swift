package import Basics
import Platform

/// How recall grows with the width of the beam in one space's graph, as measured with vectors that were not in it.
package struct RecallCurve: Sendable, Equatable {
  /// Values of k that recall is measured at.
  package static let depths = [1, 2, 5, 10, 20, 50, 100]

  /// One width of the beam.
  package struct Point: Sendable, Equatable {
    package var ef: Int
    /// Queries that the means are taken over.
    package var queries: Int
    /// Distances that a query computed on average.
    package var distances: Double
    /// Mean recall@k for each of `depths`, 0 to 1; 0 where k is above `ef`.
    package var recall: [Double]
    /// The standard deviation of one query's recall, for each of `depths`.
    package var deviation: [Double]

    package init(ef: Int, queries: Int, distances: Double, recall: [Double], deviation: [Double]) {
      self.ef = ef
      self.queries = queries
      self.distances = distances
      self.recall = recall
      self.deviation = deviation
    }

    /// How far the mean at a depth may be from the truth by chance alone: its standard error.
    package func standardError(depth: Int) -> Double {
      deviation[depth] / Double(max(1, queries)).squareRoot()
    }
  }

  /// By ascending width.
  package var points: [Point]

  /// A curve that would reach a recall only beyond this width does not reach it.
  private static let widest = 1e7

  package init(points: [Point]) { self.points = points }

  /// The narrowest beam whose recall@k is at least `target` by this curve, less one standard error.
  ///
  /// Between two measured widths log(1 - recall) is taken to be straight over log(ef); beyond the last it goes on as
  /// between the last two. Between two measured k the width is interpolated the same way.
  /// - Parameter target: below 1.
  /// - Returns: nil where the curve does not say: no points, or recall that hardly grows any more.
  package func beamWidth(forRecall target: Double, k: Int) -> Int? {
    guard let deepest = Self.depths.last, let first = Self.depths.first else { return nil }
    let upper = Self.depths.firstIndex { $0 >= k } ?? Self.depths.count - 1
    guard let width = width(forRecall: target, depth: upper) else { return nil }
    if k > deepest { return Int((width * Double(k) / Double(deepest)).rounded(.up)) }
    guard upper > 0, k > first, Self.depths[upper] != k else { return max(k, Int(width.rounded(.up))) }
    guard let lower = self.width(forRecall: target, depth: upper - 1) else { return nil }
    let share =
      log(Double(k) / Double(Self.depths[upper - 1]))
      / log(Double(Self.depths[upper]) / Double(Self.depths[upper - 1]))
    return max(k, Int(exp(log(lower) + share * (log(width) - log(lower))).rounded(.up)))
  }

  /// Recall at one depth, less one standard error and never falling, for the points wide enough.
  private func floor(depth: Int) -> [(ef: Double, missing: Double)] {
    var best = 0.0
    return points.filter { $0.ef >= Self.depths[depth] }.map { point in
      best = max(best, point.recall[depth] - point.standardError(depth: depth))
      // What a sample of this size cannot tell from nothing still counts as something.
      return (Double(point.ef), max(1 - best, 0.5 / Double(max(1, point.queries * Self.depths[depth]))))
    }
  }

  private func width(forRecall target: Double, depth: Int) -> Double? {
    let floor = floor(depth: depth)
    let missing = 1 - target
    guard let first = floor.first, missing > 0 else { return nil }
    if first.missing <= missing { return first.ef }
    let next = floor.firstIndex { $0.missing <= missing } ?? floor.count - 1
    guard next > 0 else { return nil }
    let (low, high) = (floor[next - 1], floor[next])
    guard high.missing < low.missing else { return nil }
    let slope = (log(high.ef) - log(low.ef)) / (log(high.missing) - log(low.missing))
    let width = exp(log(low.ef) + slope * (log(missing) - log(low.missing)))
    return width < Self.widest ? width : nil
  }

  /// The curve with the results of further queries at the same widths; means over more than `memory` queries forget.
  package func adding(_ other: RecallCurve, memory: Int) -> RecallCurve {
    guard other.points.map(\.ef) == points.map(\.ef) else { return self }
    var result = self
    for index in points.indices where other.points[index].queries > 0 {
      let new = other.points[index]
      let kept = min(points[index].queries, memory)
      let share = Double(new.queries) / Double(kept + new.queries)
      result.points[index].queries = min(memory, points[index].queries + new.queries)
      result.points[index].distances += share * (new.distances - points[index].distances)
      for depth in Self.depths.indices {
        let (old, added) = (points[index].recall[depth], new.recall[depth])
        let mean = old + share * (added - old)
        let variance =
          (1 - share) * (points[index].deviation[depth] * points[index].deviation[depth] + old * old)
          + share * (new.deviation[depth] * new.deviation[depth] + added * added) - mean * mean
        result.points[index].recall[depth] = mean
        result.points[index].deviation[depth] = max(0, variance).squareRoot()
      }
    }
    return result
  }

  package func encoded() -> [UInt8] {
    Envelope.seal(reservingCapacity: 32 + points.count * (16 + Self.depths.count * 16)) { writer in
      writer.append(UInt32(points.count))
      for point in points {
        writer.append(UInt32(point.ef))
        writer.append(UInt32(point.queries))
        writer.append(point.distances.bitPattern)
        for value in point.recall + point.deviation { writer.append(value.bitPattern) }
      }
    }
  }

  package init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(record)
    let count = Int(try reader.read(UInt32.self))
    points = []
    guard reader.remaining == count * (16 + Self.depths.count * 16) else {
      throw .invalid("\(count) points of a recall curve in \(reader.remaining) bytes")
    }
    for _ in 0..<count {
      let ef = Int(try reader.read(UInt32.self))
      let queries = Int(try reader.read(UInt32.self))
      var values: [Double] = []
      for _ in 0..<(1 + 2 * Self.depths.count) {
        values.append(Double(bitPattern: try reader.read(UInt64.self)))
      }
      // Shares, and how they vary: neither is above 1, and what is would overflow where curves are added.
      guard ef > points.last?.ef ?? 0, values.allSatisfy({ $0 >= 0 && $0.isFinite }),
        values.dropFirst().allSatisfy({ $0 <= 1 })
      else { throw .invalid("a recall curve with a point at ef \(ef)") }
      points.append(
        Point(
          ef: ef, queries: queries, distances: values[0], recall: Array(values[1...Self.depths.count]),
          deviation: Array(values[(Self.depths.count + 1)...])))
    }
  }
}
