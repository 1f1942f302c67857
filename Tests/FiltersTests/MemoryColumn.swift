import Values
import TestSupport
import Basics
@testable import Filters

/// A column in memory whose blocks have odd sizes, come in a shuffled order, and have unaligned payloads.
final class MemoryColumn: ColumnSource {
  private let values: [AttributeValue]
  private let blocks: [Range<Int>]
  private var dictionary: [AttributeValue] = []
  private var codes: [AttributeValue: UInt64] = [:]
  private let codeOffset: UInt64
  /// Rows whose value is handed out by ordinal only.
  private let inRecord: Set<Int>
  /// How often a code was decoded.
  private(set) var decodings = 0

  init(_ values: [AttributeValue], using generator: inout SeededGenerator) {
    self.values = values
    // Codes beyond the direct table take another path.
    codeOffset = generator.below(2) == 0 ? 0 : 1 << 40
    var blocks: [Range<Int>] = []
    var start = 0
    while start < values.count {
      let end = min(values.count, start + 1 + generator.below(200))
      // A block of nulls may be left out altogether.
      if values[start..<end].contains(where: { $0 != .null }) || generator.below(2) == 0 {
        blocks.append(start..<end)
      }
      start = end
    }
    self.blocks = blocks.shuffled(using: &generator)
    inRecord = Set(values.indices.filter { values[$0] != .null && generator.below(10) == 0 })
  }

  var distinctCount: Int { dictionary.count }

  func forEachBlock(
    _ body: (UInt32, UnsafeBufferPointer<UInt8>, UnsafePointer<UInt64>) throws -> Void
  ) throws {
    for block in blocks {
      let cells = block.map { cell($0) }
      let memory = UnsafeMutableRawPointer.allocate(byteCount: cells.count * 8 + 3, alignment: 8)
      defer { memory.deallocate() }
      for (row, cell) in cells.enumerated() {
        memory.storeBytes(of: cell.payload, toByteOffset: 3 + row * 8, as: UInt64.self)
      }
      let payloads = UnsafePointer<UInt64>(OpaquePointer(memory + 3))
      try cells.map(\.tag).withUnsafeBufferPointer { try body(UInt32(block.lowerBound), $0, payloads) }
    }
  }

  func decode(code: UInt64, tag: UInt8) throws -> AttributeValue {
    decodings += 1
    return dictionary[Int(code - codeOffset)]
  }

  func value(ordinal: UInt32) throws -> AttributeValue { values[Int(ordinal)] }

  private func cell(_ index: Int) -> (tag: UInt8, payload: UInt64) {
    if inRecord.contains(index) { return (ColumnTag.inRecord, 0) }
    switch values[index] {
    case .null: return (ColumnTag.null, 0x7FF8_DEAD_0000_0001)
    case .number(let number): return (ColumnTag.number, number.bitPattern)
    case .bool(let bool): return (ColumnTag.bool, bool ? 1 : 0)
    case .string: return (ColumnTag.string, code(values[index]))
    case .integer(let number): return (ColumnTag.integer, UInt64(bitPattern: number))
    case .strings, .integers, .list, .object: return (ColumnTag.list, code(values[index]))
    }
  }

  private func code(_ value: AttributeValue) -> UInt64 {
    if let known = codes[value] { return known }
    let code = codeOffset + UInt64(dictionary.count)
    codes[value] = code
    dictionary.append(value)
    return code
  }
}
