/// How a space keeps its vectors: the rows that answers are computed from, and whether searches walk over codes of
/// them instead. The raw values are stored in files.
package enum VectorEncoding: UInt8, CaseIterable, Sendable, Hashable {
  case float32 = 0
  case float16 = 1
  /// Half-precision rows, and 8-bit codes to walk over.
  case int8 = 2
  /// Half-precision rows, and 4-bit codes to walk over.
  case int4 = 3

  /// The encoding of the rows.
  package var rows: RowEncoding { self == .float32 ? .float32 : .float16 }

  /// The width of the codes that are stored beside the rows; nil where there are none.
  package var codeWidth: CodeWidth? {
    switch self {
    case .float32, .float16: nil
    case .int8: .eight
    case .int4: .four
    }
  }

  /// Whether codes are stored beside the rows.
  package var hasCodes: Bool { codeWidth != nil }
}
