/// How the components of a stored vector are encoded. The raw values are stored in files.
@usableFromInline package enum RowEncoding: UInt8, CaseIterable, Sendable, Hashable {
  case float32 = 0
  /// IEEE half precision: half the bytes, 11 significant bits, magnitudes up to 65504.
  case float16 = 1

  /// The name in commands and files: "float32" or "float16".
  @inlinable package var name: String {
    switch self {
    case .float32: "float32"
    case .float16: "float16"
    }
  }

  /// Size of one component in bytes.
  @inlinable package var bytesPerComponent: Int {
    switch self {
    case .float32: 4
    case .float16: 2
    }
  }

  /// The largest magnitude that a component can have and stay finite in this encoding.
  @inlinable package var largestComponent: Float {
    switch self {
    case .float32: .greatestFiniteMagnitude
    // 65520 is the first value that rounds up to infinity.
    case .float16: Float(65520).nextDown
    }
  }
}
