import CKernels
import VectorMath

/// The kernels that serve an encoder, of one arm: linear layers are `PackedLinear`, the rest is here.
// Unchecked: the table is constant data of the program.
package struct ServedKernels: @unchecked Sendable {
  let table: UnsafePointer<kindred_served_kernels>

  /// Every arm's name, on any processor.
  package static let names = ["portable", "avx2", "avx512", "avx512vnni", "avx512bf16"]

  /// Those that `KINDRED_KERNELS` allows, or the fastest that this processor runs. A name that no arm has is refused
  /// where a store is opened.
  package static let selected = ServedKernels(
    table: kindred_served_for(((try? Kernels.selected()) ?? .best).name))

  /// The arm of that name, or nil if it is unknown or this processor cannot run it.
  package static func named(_ name: String) -> ServedKernels? {
    kindred_served_named(name).map { ServedKernels(table: $0) }
  }

  /// "portable", "avx2", "avx512", "avx512vnni" or "avx512bf16".
  package var name: String { String(cString: table.pointee.name) }

  /// y = norm(x + residual) · gain + bias by rows of `width`; `y` may be `x` or `residual`.
  package func addNorm(
    _ x: UnsafePointer<Float>, _ residual: UnsafePointer<Float>, gain: UnsafePointer<Float>,
    bias: UnsafePointer<Float>, rows: Int, width: Int, epsilon: Float, into y: UnsafeMutablePointer<Float>
  ) {
    table.pointee.add_norm(x, residual, gain, bias, rows, width, epsilon, y)
  }

  /// Attention of all heads in one text, in which each token sees all of them.
  /// - Parameters:
  ///   - projected: queries, keys and values side by side, [rows, 3 · heads · headWidth].
  ///   - scale: of the products of queries and keys; 1 / sqrt(headWidth) as a rule.
  ///   - out: [rows, heads · headWidth].
  package func bidirectionalAttention(
    _ projected: UnsafePointer<Float>, rows: Int, heads: Int, headWidth: Int, scale: Float,
    into out: UnsafeMutablePointer<Float>, _ workspace: ServedWorkspace
  ) {
    guard rows > 0 else { return }
    let size = table.pointee.attention_workspace_size(rows, headWidth)
    table.pointee.attention(projected, rows, heads, headWidth, scale, out, workspace.reserve(size))
  }

  func product(_ precision: WeightPrecision) -> kindred_served_product {
    switch precision {
    case .float32: table.pointee.f32
    case .bfloat16: table.pointee.bf16
    case .int8: table.pointee.i8
    }
  }
}

/// What one thread needs to serve an encoder: memory that is kept from one product to the next.
package final class ServedWorkspace: Sendable {
  private let bytes = Buffer<UInt8>()

  package init() {}

  /// Room for `size` bytes, whatever is in it; what was returned before is invalid.
  func reserve(_ size: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(bytes.reserve(size)) }
}
