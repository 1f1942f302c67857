import Interchange
import Platform

/// Reads files that come one behind the other on standard input and prints what `Interchange` makes of each, for
/// `tools/fuzz readers` to compare. A file is a line `FORMAT SIZE PIECE` and its bytes; `PIECE` is how many bytes a
/// read delivers at most.
///
/// Per file it prints JSON Lines: `{"header":[…],"delimiter":n}`, `{"row":[…],"line":n,"raw":…}` or
/// `{"object":{…},…}`, `{"bad":reason,…}`, and at last `{"end":error or null}`. Bytes are written as Latin-1.
@main
struct ReadRows {
  static func main() {
    let input = readAll()
    var place = 0
    while place < input.count {
      guard let newline = input[place...].firstIndex(of: 0x0a) else { exit(2) }
      let words = String(decoding: input[place..<newline], as: UTF8.self).split(separator: " ")
      guard words.count == 3, let size = Int(words[1]), let piece = Int(words[2]),
        newline + 1 + size <= input.count
      else { exit(2) }
      let bytes = Array(input[newline + 1..<newline + 1 + size])
      place = newline + 1 + size
      var writer = JSONWriter()
      var failure: String?
      do {
        if words[0] == "npy" {
          try vectors(bytes, piece, &writer)
        } else {
          try rows(bytes, piece, RecordFormat.named(String(words[0])), &writer)
        }
      } catch let error as InterchangeError {
        failure = error.code.rawValue
      } catch {
        exit(2)
      }
      print(["end": failure.map { .string($0) } ?? .null], &writer)
      writeAll(writer.bytes)
    }
  }

  private static func readAll() -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(0, &piece, piece.count)
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }

  private static func writeAll(_ bytes: [UInt8]) {
    var place = 0
    while place < bytes.count {
      let count = bytes.withUnsafeBytes { write(1, $0.baseAddress?.advanced(by: place), $0.count - place) }
      guard count > 0 else { exit(2) }
      place += count
    }
  }

  private static func rows(
    _ bytes: [UInt8], _ piece: Int, _ format: RecordFormat, _ writer: inout JSONWriter
  ) throws {
    let reader = try RecordReader(ByteSource(bytes: bytes, pieceBytes: piece), format: format)
    if let names = reader.columnNames { print(["header": .array(names.map { .string($0) })], &writer) }
    while let outcome = try reader.next() {
      switch outcome {
      case .bad(let row):
        print(
          [
            "bad": .string(row.reason.rawValue), "line": .integer(row.lineNumber),
            "raw": .string(latin1(row.raw)),
          ], &writer)
      case .record(let record):
        let fields = 0..<record.fieldCount
        let isJSON = reader.columnNames == nil
        let members = fields.compactMap { index -> JSONObject.Member? in
          guard case .json(let value) = record.cell(at: index) else { return nil }
          return JSONObject.Member(key: record.name(at: index), value: value)
        }
        let texts = fields.map { JSONValue.string(record.cell(at: $0).string ?? "") }
        let content: JSONValue = isJSON ? .object(members) : .array(texts)
        print(
          [
            isJSON ? "object" : "row": content, "line": .integer(record.lineNumber),
            "raw": .string(latin1(record.raw)),
          ], &writer)
      }
    }
  }

  private static func print(_ value: JSONValue, _ writer: inout JSONWriter) {
    writer.value(value)
    writer.endLine()
  }

  private static func vectors(_ bytes: [UInt8], _ piece: Int, _ writer: inout JSONWriter) throws {
    let file = try NPYFile(ByteSource(bytes: bytes, pieceBytes: piece))
    try file.requireVectors()
    var row = [Float](repeating: 0, count: file.columns)
    for index in 0..<file.rows {
      row.withUnsafeMutableBufferPointer {
        if let base = $0.baseAddress { file.copyRows(index..<index + 1, into: base) }
      }
      print(["bits": .array(row.map { .integer(Int($0.bitPattern)) })], &writer)
    }
  }

  /// Any bytes as text: each byte is the character of its number.
  private static func latin1(_ bytes: UnsafeRawBufferPointer) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(UnicodeScalar(byte)) }
    return String(text)
  }
}
