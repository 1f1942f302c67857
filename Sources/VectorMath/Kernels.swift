package import CKernels
private import Platform

/// The numeric kernels of one instruction-set arm, as picked at run time.
///
/// All arms give the same answers up to the rounding of sums.
// Unchecked: the table is constant data of the program and is never written or freed.
package struct Kernels: @unchecked Sendable {
  /// The environment variable that `selected()` obeys: the name of an arm.
  package static let environmentVariable = "KINDRED_KERNELS"

  /// Every arm's name, on any processor.
  package static let names = ["portable", "sse2", "avx2", "avx512", "avx512vnni", "neon"]

  /// The C table of functions.
  package let table: UnsafePointer<kindred_kernels>

  private init(table: UnsafePointer<kindred_kernels>) {
    self.table = table
  }

  /// "portable", "sse2", "avx2", "avx512", "avx512vnni" or "neon".
  package var name: String { String(cString: table.pointee.name) }

  /// The fastest arm that this processor runs, whatever the environment says.
  package static let best = Kernels(table: kindred_kernels_best())

  /// The arms that this processor runs, slowest first.
  package static let available: [Kernels] = names.compactMap { Kernels.named($0) }

  /// The arm of that name, or nil if it is unknown or this processor cannot run it.
  package static func named(_ name: String) -> Kernels? {
    kindred_kernels_named(name).map { Kernels(table: $0) }
  }

  /// The arm named by `KINDRED_KERNELS`, or `best` if that variable is unset or empty.
  ///
  /// Whoever opens a store asks this once, so that a wrong setting is an error at the start instead of a
  /// silent other arm.
  /// - Throws: `VectorError` `.kernelsUnavailable` for a name that is unknown or cannot run here.
  package static func selected() throws(VectorError) -> Kernels {
    try selected(byName: getenv(environmentVariable).map { String(cString: $0) })
  }

  /// The arm of that name, or `best` for nil or an empty name.
  /// - Throws: `VectorError` `.kernelsUnavailable`.
  package static func selected(byName name: String?) throws(VectorError) -> Kernels {
    guard let name, !name.isEmpty else { return best }
    guard let kernels = named(name) else {
      let list = available.map(\.name).joined(separator: ", ")
      throw VectorError(
        .kernelsUnavailable,
        "\(environmentVariable) is \"\(name)\"; this processor runs \(list). Use one of these or unset it")
    }
    return kernels
  }
}

extension Kernels: CustomStringConvertible {
  package var description: String { name }
}
