/// The kinds of numbers in `.npy` files that are read here, by NumPy's names for them.
package enum NPYElement: String, CaseIterable, Sendable {
  case float32 = "<f4"
  case float16 = "<f2"
  case float64 = "<f8"
  case int64 = "<i8"
  case int32 = "<i4"
  case uint32 = "<u4"

  /// Bytes of one number.
  package var sizeBytes: Int {
    switch self {
    case .float16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64: 8
    }
  }

  /// Whether rows are read with `copyRow` (otherwise with `copyIntegers`).
  package var isFloatingPoint: Bool {
    switch self {
    case .float16, .float32, .float64: true
    case .int32, .int64, .uint32: false
    }
  }
}

/// The value of an IEEE half whose bits are `bits`, exactly.
///
/// Written out, because the conversion of `Float16` is a library call on processors without the instruction.
@inline(__always)
func floatFromHalf(_ bits: UInt16) -> Float {
  let sign = UInt32(bits & 0x8000) << 16
  let magnitude = UInt32(bits & 0x7fff)
  if magnitude >= 0x7c00 {
    return Float(bitPattern: sign | 0x7f80_0000 | (magnitude & 0x3ff) << 13)
  }
  // Seen as a Float, the shifted bits are the value divided by 2^112, subnormal halves included.
  let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: (127 + 112) << 23)
  return Float(bitPattern: scaled.bitPattern | sign)
}
