import TestSupport
import Testing

@testable import Interchange

/// Mutated files of `tools/fuzz readers` and what is right for them by Python's csv, json and gzip, replayed. They are
/// kept because each takes a path that no whole file takes: a reader that loses such a row loses it without a report.
@Suite struct MutatedInputTests {
  private static let pieces = [1, 2, 7, 1_000]

  @Test(
    arguments: [
      // A CR in front of CRLF is content.
      (
        "a,b\r\n1,\"x\r\ny\"\r\n2,liste\r\r\n",
        [ReadRow.row(["1", "x\r\ny"], line: 2), .row(["2", "liste\r"], line: 4)]
      ),
      // A CR in the middle of the header line makes a file of CR lines, in which LF still ends a line.
      (
        "use\rr;item\n19;\"136, \"\"x\"\"\nsecond\";0\n",
        [.row(["r;item"], line: 2), .bad(.wrongFieldCount, line: 3), .row(["second\";0"], line: 4)]
      ),
      // A delimiter that is not the header's begins a field of one column.
      (
        "\"user\"\r\n;\"item\";\"order\"\n\"21\"\n",
        [.row([";\"item\";\"order\""], line: 2), .row(["21"], line: 3)]
      ),
      // The closing quote of one row opens nothing in the next.
      ("a,b\n\"1\"\"\",2\n\"\"\"\",\"\"\n", [.row(["1\"", "2"], line: 2), .row(["\"", ""], line: 3)]),
      ("a,b\n1,\"2\n3,\"4\"\n", [.bad(.textAfterQuote, line: 2), .row(["3", "4"], line: 3)]),
      ("a,b\r1,\"2\"\r\n\r3,4\n", [.row(["1", "2"], line: 2), .row(["3", "4"], line: 4)]),
    ] as [(String, [ReadRow])])
  func tables(text: String, expected: [ReadRow]) throws {
    for piece in Self.pieces {
      #expect(
        try readRows(Array(text.utf8), .csv, pieceBytes: piece) == expected,
        "\(text.debugDescription) in pieces of \(piece)")
    }
  }

  @Test(
    arguments: [
      ("[{\"a\":1}]\n[{\"a\":2}]", [ReadRow.row(["a=1"], line: 1), .row(["a=2"], line: 2)]),
      (
        "[{\"a\":1}}, {\"a\":2}]",
        [
          .row(["a=1"], line: 1), .bad(.invalidJSON, line: 1), .row(["a=2"], line: 1),
        ]
      ),
      ("[\n{\"a\":\"1\n},\n{\"a\":2}\n]", [.bad(.invalidJSON, line: 2), .row(["a=2"], line: 4)]),
      (
        "[{\"a\":1},,{\"a\":2}]",
        [.row(["a=1"], line: 1), .bad(.invalidJSON, line: 1), .row(["a=2"], line: 1)]
      ),
      ("{\"a\":1}\u{0}{\"a\":2}", [.row(["a=1"], line: 1), .bad(.invalidJSON, line: 1)]),
    ] as [(String, [ReadRow])])
  func arrays(text: String, expected: [ReadRow]) throws {
    for piece in Self.pieces {
      #expect(
        try readRows(Array(text.utf8), .json, pieceBytes: piece) == expected,
        "\(text.debugDescription) in pieces of \(piece)")
    }
  }

  /// NumPy refuses `09`; Python 2 would have read `010L` as 8, so that a guess could be wrong.
  @Test(arguments: ["(1,09)", "(010L, 1L)"]) func lengthsWithALeadingZeroAreRefused(shape: String) {
    let bytes = NPYFileTests.npy("<f4", shape, [UInt8](repeating: 0, count: 40))
    #expect(errorCode { _ = try NPYFile(ByteSource(bytes: bytes)) } == .corrupt)
  }

  @Test func packedMembersMayBePadded() throws {
    let bytes =
      Gzip.member(Array("a,b\n1,2\n".utf8)) + [0, 0] + Gzip.member(Array("3,4\n".utf8)) + [0]
    #expect(try readRows(bytes, .csv) == [.row(["1", "2"], line: 2), .row(["3", "4"], line: 3)])
    #expect(errorCode { _ = try readRows(Array(bytes.dropLast(4)), .csv) } == .corrupt)
  }
}
