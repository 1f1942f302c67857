import TestSupport
import Testing

@testable import Interchange

@Suite struct VectorFormatTests {
  @Test func firstBytesTellTheFormat() throws {
    func told(_ bytes: [UInt8]) -> VectorFormat? { VectorFormat(firstBytes: bytes) }
    #expect(told(NPYFileTests.npy("<f4", "(0, 1)", [])) == .npy)
    #expect(told(Array("\u{feff} \r\n{".utf8)) == .jsonLines)
    #expect(told(Array("[".utf8)) == .jsonLines)
    #expect(told([]) == nil && told([4, 0, 0, 0]) == nil && told(Array("id,v".utf8)) == nil)
    #expect(try VectorFormat.named("npy") == .npy)
    #expect(errorCode { _ = try VectorFormat.named("a.npy") } == .invalidArgument)
  }

  @Test(arguments: [1, 3, 100]) func peekedBytesAreReadAgain(pieceBytes: Int) throws {
    let text = Array("one\ntwo\nthree\n".utf8)
    for (bytes, count) in [(text, 4), (text, 100), (Gzip.member(text), 6)] {
      let source = ByteSource(bytes: bytes, pieceBytes: pieceBytes)
      #expect(try source.peek(count) == Array(text.prefix(count)))
      #expect(try IDFile.read(source) == ["one", "two", "three"])
    }
  }
}
