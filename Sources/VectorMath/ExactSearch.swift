/// Rows that one call of a distance kernel takes in exact search.
@usableFromInline let exactSearchBatchCount = 256

/// Finds the `k` nearest of `count` rows by computing every distance, and adds them to `best`.
///
/// Row i gets the id `firstID + i`. `best` keeps what it already held: several stretches of rows can be
/// searched one after the other.
/// - Parameters:
///   - query: `distance.dimension` floats, unit length for cosine.
///   - isAllowed: called with the row's id; rows for which it is false are not read.
/// - Complexity: O(`count` · dimension).
@inlinable
package func exactSearch(
  query: UnsafePointer<Float>, rows: UnsafePointer<UnsafeRawPointer?>, count: Int, firstID: UInt32 = 0,
  distance: DistanceFunction, isAllowed: ((UInt32) -> Bool)?, into best: inout TopK
) {
  precondition(count >= 0 && count <= Int(UInt32.max - firstID), "exactSearch: ids do not fit 32 bits")
  withUnsafeTemporaryAllocation(of: Float.self, capacity: exactSearchBatchCount) { distances in
    withUnsafeTemporaryAllocation(of: UnsafeRawPointer?.self, capacity: exactSearchBatchCount) { batch in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: exactSearchBatchCount) { ids in
        guard let out = distances.baseAddress, let gathered = batch.baseAddress else { return }
        var next = 0
        while next < count {
          var filled = 0
          while next < count, filled < exactSearchBatchCount {
            let id = firstID &+ UInt32(truncatingIfNeeded: next)
            if isAllowed?(id) ?? true {
              batch[filled] = rows[next]
              ids[filled] = id
              filled &+= 1
            }
            next &+= 1
          }
          distance(query: query, rows: gathered, count: filled, out: out)
          for index in 0..<filled where distances[index] <= best.worst {
            best.insert(distance: distances[index], id: ids[index])
          }
        }
      }
    }
  }
}

/// The `k` nearest of `count` rows by computing every distance: the truth that indexes are measured against.
///
/// Sorted by distance, then by index; shorter than `k` if fewer rows are allowed.
/// - Parameters:
///   - query: `distance.dimension` floats, unit length for cosine.
///   - rows: `count` pointers to encoded rows.
///   - isAllowed: called with the row's index; nil allows all.
/// - Complexity: O(`count` · dimension).
package func exactSearch(
  query: UnsafePointer<Float>, rows: UnsafePointer<UnsafeRawPointer?>, count: Int, k: Int,
  distance: DistanceFunction, isAllowed: ((Int) -> Bool)? = nil
) -> [(index: Int, distance: Float)] {
  var best = TopK(k: min(k, count))
  let allowedID: ((UInt32) -> Bool)? = isAllowed.map { allowed in { allowed(Int($0)) } }
  exactSearch(
    query: query, rows: rows, count: count, distance: distance, isAllowed: allowedID, into: &best)
  return best.results().map { (index: Int($0.id), distance: $0.distance) }
}

/// The `k` nearest of `count` rows that lie `strideBytes` apart from `firstRow` on; see the form for pointers.
package func exactSearch(
  query: UnsafePointer<Float>, firstRow: UnsafeRawPointer, strideBytes: Int, count: Int, k: Int,
  distance: DistanceFunction, isAllowed: ((Int) -> Bool)? = nil
) -> [(index: Int, distance: Float)] {
  let rows: [UnsafeRawPointer?] = (0..<count).map { firstRow + $0 * strideBytes }
  return rows.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return [] }
    return exactSearch(
      query: query, rows: base, count: count, k: k, distance: distance, isAllowed: isAllowed)
  }
}
