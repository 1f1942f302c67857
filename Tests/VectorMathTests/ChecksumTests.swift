import Basics
import CKernels
import TestSupport
import Testing

@testable import VectorMath

/// CRC-32C by instruction and by table.
@Suite struct ChecksumTests {
  /// The definition, one bit at a time.
  func bitwise(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0x82F6_3B78 : 0) }
    }
    return ~crc
  }

  func hardware(_ bytes: some Collection<UInt8>, after crc: UInt32 = 0) -> UInt32 {
    Array(bytes).withUnsafeBytes { kindred_crc32c(crc, $0.baseAddress, $0.count) }
  }

  func portable(_ bytes: some Collection<UInt8>, after crc: UInt32 = 0) -> UInt32 {
    Array(bytes).withUnsafeBytes { kindred_crc32c_portable(crc, $0.baseAddress, $0.count) }
  }

  /// The tests below compare `hardware` with `portable`: without instructions they would compare tables with tables.
  @Test(.enabled(if: ProcessorFeatures.haveChecksum, "this processor has no instructions for CRC-32C"))
  func instructionsAreUsed() {
    #expect(String(cString: kindred_crc32c_arm()) != "tables")
  }

  // The answers of RFC 3720, appendix B.4, and the usual check string.
  @Test(
    arguments: [
      (Array("123456789".utf8), 0xE306_9283),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(UInt8(0)..<32), 0x46DD_794E),
      ((0..<32).map { 31 - $0 }, 0x113F_DB5C),
      ([], 0),
    ] as [([UInt8], UInt32)])
  func knownAnswers(bytes: [UInt8], expected: UInt32) {
    #expect(hardware(bytes) == expected)
    #expect(portable(bytes) == expected)
    #expect(bitwise(bytes) == expected)
  }

  @Test func instructionTableAndDefinitionAgree() {
    var generator = SeededGenerator(seed: 31)
    let bytes = (0..<20_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    // Every short length, the edges of the stretches, and random ones, at every alignment of a word.
    var lengths = Array(0...260) + [3064, 3071, 3072, 3073, 3167, 3168, 3169, 6144, 6240, 16_384]
    lengths += (0..<30).map { _ in Int.random(in: 0...19_000, using: &generator) }
    for (turn, length) in lengths.enumerated() {
      let offset = turn % 8
      bytes.withUnsafeBytes { all in
        let part = all[offset..<offset + length]
        let base = all.baseAddress.map { $0 + offset }
        let table = kindred_crc32c_portable(0, base, length)
        #expect(kindred_crc32c(0, base, length) == table, "\(length) bytes at \(offset), \(generator)")
        if length <= 300 { #expect(bitwise(part) == table, "\(length) bytes at \(offset), \(generator)") }
      }
    }
  }

  @Test func chainedEqualsWhole() {
    var generator = SeededGenerator(seed: 32)
    let bytes = (0..<10_000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let whole = portable(bytes)
    for _ in 0..<50 {
      let cut = Int.random(in: 0...bytes.count, using: &generator)
      let first = hardware(bytes[..<cut])
      #expect(hardware(bytes[cut...], after: first) == whole, "cut at \(cut), \(generator)")
      #expect(portable(bytes[cut...], after: first) == whole, "cut at \(cut), \(generator)")
    }
  }

  @Test func aChangedBitIsSeen() {
    var bytes = [UInt8](repeating: 0x5A, count: 1536)
    let before = hardware(bytes)
    for index in stride(from: 0, to: bytes.count, by: 37) {
      bytes[index] ^= 1 << UInt8(index % 8)
      #expect(hardware(bytes) != before, "byte \(index)")
      bytes[index] ^= 1 << UInt8(index % 8)
    }
    #expect(hardware(bytes) == before)
  }
}
