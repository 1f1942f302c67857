import Testing

@testable import Interchange

@Suite struct IDFileTests {
  private func read(_ bytes: [UInt8], limitBytes: Int = 100) throws -> [String] {
    try IDFile.read(ByteSource(bytes: bytes), limitBytes: limitBytes)
  }

  @Test func idsAreTheLines() throws {
    #expect(try read(Array("85123A\r\n007\n x \né".utf8)) == ["85123A", "007", " x ", "é"])
    #expect(try read([]) == [])
    #expect(try read(Array("a\n".utf8)) == ["a"])
  }

  @Test func whatWouldShiftTheIDsIsRefused() {
    let error = #expect(throws: InterchangeError.self) { _ = try read(Array("a\n\nb\n".utf8)) }
    #expect(error?.code == .corrupt)
    #expect(error?.message == "line 2 of the id list 'memory' is empty; every line must hold one id")
    #expect(errorCode { _ = try read([0x61, 0x0a, 0xff]) } == .corrupt)
    #expect(errorCode { _ = try read(Array("abcdef".utf8), limitBytes: 4) } == .corrupt)
  }
}
