/// How a vector's components are stored: the rows that answers are computed from, and whether searches walk over codes
/// of them instead.
public enum VectorEncoding: String, CaseIterable, Sendable, Codable {
  /// Four bytes each, exact.
  case float32
  /// Two bytes each: IEEE half precision, magnitudes up to 65,504.
  case float16
  /// Three bytes each: searches walk over codes of one byte and rank what they find by half-precision components, which
  /// is two to three times as fast as over whole vectors at the same recall.
  case int8
  /// Two and a half bytes each, as `int8` with codes of half a byte of the turned vector: faster still where memory is
  /// slow, and more of what is found has to be ranked.
  case int4

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
