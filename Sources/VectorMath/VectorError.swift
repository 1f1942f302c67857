import Basics

/// Why a vector, or a setting of this module, was refused.
package struct VectorError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reason, for programs.
  package enum Code: Sendable, Hashable, CaseIterable {
    /// The number of components is not the one of the space.
    case dimensionMismatch
    /// A dimension outside 1...`Limits.dimension`.
    case dimensionOutOfRange
    /// A component is NaN or infinite.
    case notFinite
    /// The zero vector has no direction, which `cosine` needs.
    case zeroVector
    /// So long that distances to it would overflow.
    case normOverflow
    /// A component is too large for the encoding of the rows.
    case encodingOverflow
    /// The kernels asked for are unknown or cannot run on this processor.
    case kernelsUnavailable
  }

  package var code: Code

  /// What happened, with the values and what to do, for people.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
