/// How the nearness of two vectors is measured.
///
/// Inside the index one number is used for every metric, the *internal distance* (smaller is nearer):
/// `1 - inner product` of unit vectors for `cosine`, `-inner product` for `dot`, the *squared* Euclidean
/// distance for `l2`. Users see the *user distance*, which differs for `l2` only, and the *score*, where
/// larger is better. The raw values are stored in files: never renumber them.
@usableFromInline package enum Metric: UInt8, CaseIterable, Sendable, Hashable {
  case cosine = 0
  case dot = 1
  case l2 = 2

  /// The name in commands and files: "cosine", "dot" or "l2".
  @inlinable package var name: String {
    switch self {
    case .cosine: "cosine"
    case .dot: "dot"
    case .l2: "l2"
    }
  }

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
