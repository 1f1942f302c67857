import TestSupport
import Basics
import Testing

@testable import Interchange

@Suite struct UTF8ValidationTests {
  private func agree(_ bytes: [UInt8]) -> Bool {
    let expected = String(validating: bytes, as: UTF8.self) != nil
    return bytes.withUnsafeBytes { isValidUTF8($0) } == expected
  }

  @Test func everySequenceOfTwoBytesIsJudgedLikeTheStandardLibrary() {
    for first in UInt8.min...UInt8.max {
      for second in stride(from: 0, through: 255, by: first < 0x80 ? 51 : 1) {
        #expect(agree([first, UInt8(second)]))
        #expect(agree([first, UInt8(second), 0x80]))
      }
    }
  }

  @Test func randomBytesAreJudgedLikeTheStandardLibrary() {
    var generator = SeededGenerator(seed: 1)
    // The boundary bytes of the encoding, so that long valid runs happen.
    let alphabet: [UInt8] = [
      0x41, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xbf, 0x80, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
      0xed,
      0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
    ]
    for _ in 0..<20_000 {
      let bytes = generator.bytes(12, from: alphabet)
      #expect(agree(bytes), "\(generator) \(bytes)")
    }
    let text = Array(String(repeating: "añ漢🙂 plain ascii text ", count: 50).utf8)
    for _ in 0..<3000 {
      let bytes = generator.mutated(text)
      #expect(agree(bytes), "\(generator)")
    }
  }
}
