import TestSupport
import Testing

@testable import Interchange

@Suite struct NPYFileTests {
  /// A `.npy` file as NumPy writes it.
  static func npy(
    _ element: String, _ shape: String, _ data: [UInt8], version: UInt8 = 1, order: String = "False"
  ) -> [UInt8] {
    file("{'descr': '\(element)', 'fortran_order': \(order), 'shape': \(shape), }", data, version: version)
  }

  static func file(_ dictionary: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let prefix = version == 1 ? 10 : 12
    let padding = 63 - (prefix + dictionary.utf8.count) % 64
    let text = Array((dictionary + String(repeating: " ", count: padding) + "\n").utf8)
    var bytes: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]
    bytes += Gzip.littleEndian(UInt32(text.count)).prefix(prefix - 8)
    return bytes + text + data
  }

  private func bytes<T: FixedWidthInteger>(_ values: [T]) -> [UInt8] {
    values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0) } }
  }

  private func rows(_ file: NPYFile) -> [[Float]] {
    (0..<file.rows).map { row in
      [Float](unsafeUninitializedCapacity: file.columns) { buffer, used in
        if let base = buffer.baseAddress { file.copyRows(row..<row + 1, into: base) }
        used = file.columns
      }
    }
  }

  private func open(_ bytes: [UInt8]) throws -> NPYFile { try NPYFile(ByteSource(bytes: bytes)) }

  @Test(arguments: [1, 2, 3] as [UInt8]) func floatsOfEveryVersion(version: UInt8) throws {
    let values: [Float] = [1.5, -2, 0.25, 1e30, -0.0, 3]
    let data = bytes(values.map(\.bitPattern))
    let file = try open(Self.npy("<f4", "(2, 3)", data, version: version))
    #expect(file.shape == [2, 3] && file.rows == 2 && file.columns == 3 && file.element == .float32)
    #expect(rows(file) == [[1.5, -2, 0.25], [1e30, -0.0, 3]])
    try file.requireVectors()
  }

  @Test func otherElements() throws {
    let halves = try open(Self.npy("<f2", "(2, 2)", bytes([0x3e00, 0xc000, 0x7bff, 0x0001] as [UInt16])))
    #expect(rows(halves) == [[1.5, -2], [65504, 0x1p-24]])
    let doubles = try open(Self.npy("<f8", "(1, 2)", bytes([0.1, -1e300].map(\.bitPattern))))
    #expect(rows(doubles) == [[0.1, -.infinity]])
    let long = try open(Self.npy("<i8", "(2, 2)", bytes([1, -1, .max, .min] as [Int64])))
    #expect(long.integer(row: 0, column: 1) == -1 && long.integer(row: 1, column: 1) == .min)
    var row: [Int64] = [0, 0]
    row.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { long.copyIntegers(1, into: base) } }
    #expect(row == [.max, .min])
    let signed = try open(Self.npy("<i4", "(2,)", bytes([-7, 8] as [Int32])))
    #expect(signed.integer(row: 0, column: 0) == -7 && signed.columns == 1 && signed.shape == [2])
    let unsigned = try open(Self.npy("<u4", "(1,)", bytes([UInt32.max])))
    #expect(unsigned.integer(row: 0, column: 0) == 4_294_967_295)
    #expect(errorCode { try signed.requireVectors() } == .unsupportedContent)
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func everyHalfConvertsExactly() {
      for bits in UInt16.min...UInt16.max {
        let expected = Float(Float16(bitPattern: bits))
        let found = floatFromHalf(bits)
        #expect(found.bitPattern == expected.bitPattern || (found.isNaN && expected.isNaN), "bits \(bits)")
      }
    }
  #endif

  @Test func headersInOtherSpellings() throws {
    let dictionary = #"{"shape":(1,2),"fortran_order":False,"descr":"<f4"}"#
    #expect(try open(Self.file(dictionary, bytes([0, 0] as [UInt32]))).columns == 2)
    #expect(try open(Self.npy("<f4", "(0, 7)", [])).rows == 0)
  }

  @Test(arguments: [
    (">f4", "(1, 1)", "False", "big-endian"), ("<f4", "(1, 1)", "True", "Fortran"),
    ("|O", "(1, 1)", "False", "'|O'"),
    ("<c8", "(1, 1)", "False", "'<c8'"), ("<U5", "(1, 1)", "False", "'<U5'"),
    ("<f4", "()", "False", "0 dimensions"),
    ("<f4", "(1, 1, 1)", "False", "3 dimensions"), ("<f4", "(5, 0)", "False", "without columns"),
  ])
  func whatIsNotReadIsRefusedByName(element: String, shape: String, order: String, name: String) {
    let error = #expect(throws: InterchangeError.self) {
      _ = try open(Self.npy(element, shape, [0, 0, 0, 0], order: order))
    }
    #expect(error?.code == .unsupportedContent)
    #expect(error?.message.contains(name) == true, "\(error?.message ?? "")")
  }

  @Test(arguments: [
    "", "{", "{}", "{'descr': '<f4', 'fortran_order': False}",
    "{'descr': '<f4', 'shape': (1, 1)}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'shape': (1, 1), }",
    // Times four bytes, this is four again in 64 bits.
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387905, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), 'x': 1}",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2305843009213693951, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000, 1), }",
    "{'descr': '<f4', 'fortran_order': false, 'shape': (1, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), } x",
    "{'descr': __import__('os'), 'fortran_order': False, 'shape': (1, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (,), }",
  ])
  func brokenHeaders(dictionary: String) {
    #expect(errorCode { _ = try open(Self.file(dictionary, [0, 0, 0, 0])) } == .corrupt)
  }

  @Test func recordTypesAreRefused() {
    let dictionary = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"
    #expect(errorCode { _ = try open(Self.file(dictionary, [0, 0, 0, 0])) } == .unsupportedContent)
  }

  @Test func lengthsMustFit() {
    let good = Self.npy("<f4", "(2, 3)", [UInt8](repeating: 0, count: 24))
    #expect(errorCode { _ = try open(good) } == nil)
    #expect(errorCode { _ = try open(good + [0]) } == .corrupt)
    for length in 0..<good.count {
      #expect(errorCode { _ = try open(Array(good.prefix(length))) } == .corrupt, "length \(length)")
    }
    #expect(
      errorCode { _ = try open([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 255]) } == .corrupt)
    #expect(
      errorCode { _ = try open([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 4, 0, 0, 0]) } == .unsupportedContent)
  }

  @Test func mappedPackedAndStreamedFilesReadTheSame() throws {
    let folder = try TemporaryDirectory()
    let values = (0..<300).map { Float($0) / 7 }
    let content = Self.npy("<f4", "(100, 3)", bytes(values.map(\.bitPattern)))
    let plain = try rows(NPYFile(path: try folder.write(content, to: "a.npy")))
    #expect(plain.flatMap { $0 } == values)
    #expect(try rows(NPYFile(path: try folder.write(Gzip.member(content), to: "b.npy.gz"))) == plain)
    #expect(try rows(open(content)) == plain)
    #expect(errorCode { _ = try NPYFile(path: try folder.write([], to: "empty.npy")) } == .corrupt)
  }

  @Test(.enabled(if: SharedData.path("minilm-golden/embeddings.npy") != nil, "the data set is not here"))
  func aRealFile() throws {
    let path = try #require(SharedData.path("minilm-golden/embeddings.npy"))
    let file = try NPYFile(path: path)
    #expect(file.rows == 200 && file.columns == 384)
    for row in rows(file) {
      let norm = row.reduce(0) { $0 + $1 * $1 }
      #expect(abs(norm - 1) < 1e-4)
    }
  }
}
