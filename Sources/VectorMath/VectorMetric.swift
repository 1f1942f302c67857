/// How nearness is measured.
public enum VectorMetric: String, CaseIterable, Sendable, Codable {
  /// The angle: vectors are normalised when they are written.
  case cosine
  /// The inner product.
  case dot
  /// Euclidean distance.
  case l2
}

/// Inside the index one number is used for every metric, the *internal distance* (smaller is nearer): `1 - inner
/// product` of unit vectors for `cosine`, `-inner product` for `dot`, the *squared* Euclidean distance for `l2`. Users
/// see the *user distance*, which differs for `l2` only, and the *score*, where larger is better.
extension VectorMetric {
  /// The distance shown to users: the Euclidean distance for `l2`, otherwise the internal distance.
  @inlinable package func userDistance(fromInternal distance: Float) -> Float {
    // Squared sums cannot be negative, but a caller's arithmetic might have made one so.
    self == .l2 ? max(0, distance).squareRoot() : distance
  }

  /// The score of a user distance: cosine similarity, inner product, or minus the Euclidean distance.
  @inlinable package func score(fromDistance distance: Float) -> Float {
    self == .cosine ? 1 - distance : -distance
  }

  /// The score of an internal distance: cosine similarity, inner product, or minus the Euclidean distance.
  @inlinable package func score(fromInternal distance: Float) -> Float {
    score(fromDistance: userDistance(fromInternal: distance))
  }
}

extension VectorMetric {
  /// The score of two vectors of one dimension: larger is nearer.
  package func score(_ first: [Float], _ second: [Float]) -> Float {
    func product(_ first: [Float], _ second: [Float]) -> Float {
      zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }
    switch self {
    case .dot: return product(first, second)
    case .l2:
      let differences = zip(first, second).map { $0 - $1 }
      return -product(differences, differences).squareRoot()
    case .cosine:
      let lengths = (product(first, first) * product(second, second)).squareRoot()
      return lengths > 0 ? product(first, second) / lengths : 0
    }
  }
}
