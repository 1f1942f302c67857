import Platform
import TestSupport
import Testing

@testable import Interchange

@Suite struct ByteSourceTests {
  /// Everything a source gives, taken in pieces of `chunk` bytes.
  private func readAll(_ source: ByteSource, chunk: Int = 1000) throws -> [UInt8] {
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: chunk)
    while true {
      let count = try buffer.withUnsafeMutableBytes { raw in try source.read(into: raw) }
      if count == 0 { return result }
      result += buffer[..<count]
    }
  }

  @Test(arguments: [1, 7, 1000, 1 << 20])
  func plainAndPackedBytesReadTheSame(chunk: Int) throws {
    let folder = try TemporaryDirectory()
    let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    let short = chunk == 1 ? Array(content.prefix(5000)) : content
    let plain = try folder.write(short, to: "plain")
    // The name says nothing: only the first bytes do.
    let packed = try folder.write(Gzip.member(short), to: "packed")
    #expect(try readAll(ByteSource(path: plain), chunk: chunk) == short)
    #expect(try readAll(ByteSource(path: packed), chunk: chunk) == short)
    #expect(try readAll(ByteSource(bytes: short), chunk: chunk) == short)
    let trickle = ByteSource(bytes: Gzip.member(Array(short.prefix(5000))), pieceBytes: 1)
    #expect(try readAll(trickle, chunk: chunk) == Array(short.prefix(5000)))
    #expect(try ByteSource(path: packed).isPacked())
    #expect(try !ByteSource(path: plain).isPacked())
  }

  @Test func reallyCompressedBytesUnpack() throws {
    #expect(try readAll(ByteSource(bytes: Self.compressedTable)) == Array("id\tname\n1\tred\n2\tblue\n".utf8))
  }

  @Test func membersFollowEachOther() throws {
    let packed = Gzip.member(Array("one ".utf8)) + Self.compressedTable + Gzip.member([]) + Gzip.member([33])
    #expect(try readAll(ByteSource(bytes: packed)) == Array("one id\tname\n1\tred\n2\tblue\n!".utf8))
    #expect(try readAll(ByteSource(bytes: packed + [0, 0, 0])).last == 33, "zero padding is no damage")
  }

  @Test func everyTruncationIsAnErrorThatNamesTheByte() throws {
    for length in 2..<Self.compressedTable.count {
      let source = ByteSource(bytes: Array(Self.compressedTable.prefix(length)), name: "cut.gz")
      let error = #expect(throws: InterchangeError.self) { _ = try readAll(source) }
      #expect(error?.code == .corrupt)
      #expect(error?.message.contains("byte \(length)") == true, "\(error?.message ?? "")")
    }
  }

  @Test func damageIsAnErrorButWhatCameBeforeIsRead() throws {
    var packed = Gzip.member(Array("good\n".utf8)) + Gzip.member(Array("flawed\n".utf8))
    packed[packed.count - 1] ^= 1
    let source = ByteSource(bytes: packed)
    var buffer = [UInt8](repeating: 0, count: 64)
    let count = try buffer.withUnsafeMutableBytes { raw in try source.read(into: raw) }
    #expect(buffer[..<count].elementsEqual("good\nflawed\n".utf8))
    #expect(errorCode { _ = try readAll(source) } == .corrupt)
    #expect(errorCode { _ = try readAll(source) } == .corrupt, "the error stays")
    let trailing = ByteSource(bytes: Self.compressedTable + Array("garbage".utf8))
    #expect(errorCode { _ = try readAll(trailing) } == .corrupt)
  }

  @Test func missingFilesAndFoldersAreTold() throws {
    let folder = try TemporaryDirectory()
    let missing = #expect(throws: InterchangeError.self) { _ = try ByteSource(path: "\(folder.path)/none") }
    #expect(missing?.code == .notFound)
    #expect(missing?.path == "\(folder.path)/none")
    #expect(missing?.message.contains("none") == true)
    #expect(errorCode { _ = try ByteSource(path: folder.path) } == .ioError)
  }

  @Test func unreadableFilesAreTold() throws {
    let folder = try TemporaryDirectory()
    let path = try folder.write("x", to: "secret")
    chmod(path, 0)
    // The superuser reads everything.
    if geteuid() == 0 { return }
    #expect(errorCode { _ = try ByteSource(path: path) } == .permissionDenied)
  }

  @Test(arguments: [0, 1, 2, 3]) func veryShortInputs(count: Int) throws {
    let bytes = Array([0x1f, 0x8a, 0x00].prefix(count)).map { UInt8($0) }
    #expect(try readAll(ByteSource(bytes: bytes)) == bytes)
  }

  @Test func pipesAreRead() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let content = Array("a,b\n1,2\n".utf8)
    #expect(write(ends[1], content, content.count) == content.count)
    close(ends[1])
    defer { close(ends[0]) }
    #expect(try readAll(ByteSource(path: "/dev/fd/\(ends[0])")) == content)
  }

  /// `id⇥name⏎1⇥red⏎2⇥blue⏎`, compressed by gzip itself.
  static let compressedTable: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0x4c, 0xe1, 0xcc, 0x4b, 0xcc,
    0x4d, 0xe5, 0x32, 0xe4, 0x2c, 0x4a, 0x4d, 0xe1, 0x32, 0xe2, 0x4c, 0xca, 0x29, 0x4d, 0xe5, 0x02,
    0x00, 0x55, 0xba, 0x92, 0xd8, 0x15, 0x00, 0x00, 0x00,
  ]
}
