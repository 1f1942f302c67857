import Basics
import HNSW
package import Records
import VectorMath

/// What the work of a store may take of memory, and what a build needs of it.
extension StorageEngine {
  /// - Parameter given: bytes that the caller has in memory for the work already, such as the vectors that it read.
  /// - Throws: `.memoryLimit` where building a graph of `count` vectors takes more than the store's limit.
  package func requireMemory(toBuild count: Int, of definition: SpaceDefinition, given: Int = 0) throws {
    guard let memoryLimitBytes else { return }
    let bytes = try definition.buildBytes(count: count).addingClamped(given)
    guard bytes > memoryLimitBytes else { return }
    throw EngineError(
      .memoryLimit,
      "a graph of \(count) vectors of space \"\(definition.name)\" takes about \(Self.megabytes(bytes)) of memory to "
        + "build, above the limit of \(Self.megabytes(memoryLimitBytes)); raise the limit")
  }

  /// Whether building a graph of `count` vectors keeps to the store's limit.
  package func hasMemory(toBuild count: Int, of definition: SpaceDefinition) throws -> Bool {
    guard let memoryLimitBytes else { return true }
    return try definition.buildBytes(count: count) <= memoryLimitBytes
  }

  /// - Parameter work: what takes the memory, at the beginning of a sentence.
  /// - Throws: `.memoryLimit` where `bytes` is above the store's limit.
  package func requireMemory(_ bytes: Int, for work: @autoclosure () -> String, advice: String) throws {
    guard let memoryLimitBytes, bytes > memoryLimitBytes else { return }
    throw EngineError(
      .memoryLimit,
      "\(work()) takes about \(Self.megabytes(bytes)) of memory, above the limit of "
        + "\(Self.megabytes(memoryLimitBytes)); raise the limit, or \(advice)")
  }

  /// Rounded up: a limit is never shown as smaller than what exceeds it.
  private static func megabytes(_ bytes: Int) -> String { "\((bytes - 1) / 1_000_000 + 1) MB" }
}

extension SpaceDefinition {
  /// Bytes in memory while a graph of `count` vectors is built: the rows, the codes of 8 bits that it is built over,
  /// the codes that are kept, the links, and where each vector came from. The pages of the file, which the system may
  /// drop, are not counted.
  func buildBytes(count: Int) throws -> Int {
    let layout = try layout
    func codeBytes(_ width: CodeWidth) -> Int {
      Quantizer.strideBytes(width: width, dimension: shape.dimension)
    }
    var bytes = layout.strideBytes + codeBytes(.eight) + LinkFormat(count: 2 * m, slotCount: count).byteCount
    if let kept = shape.encoding.codeWidth, kept != .eight { bytes += codeBytes(kept) }
    // Ordinal, place and address of each row, gathered and then sorted apart; the upper layers.
    bytes += 80
    return bytes.multipliedClamped(by: count).addingClamped(Self.buildOverheadBytes)
  }

  /// Blocks are allocated in large pieces; threads have room to search in.
  private static let buildOverheadBytes = 32 << 20
}

extension Int {
  /// The sum, or the largest number where that is too large.
  fileprivate func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  fileprivate func multipliedClamped(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
