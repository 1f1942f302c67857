import Interchange
import Platform

/// Reads files that come one behind the other on standard input and prints what `Interchange` makes of each, for
/// `tools/fuzz` to compare. A file is a line `FORMAT SIZE PIECE` and its bytes; `PIECE` is how many bytes a read
/// delivers at most.
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
      writer.object { writer in writer.member("end", failure.map { .string($0) } ?? .null) }
      writer.endLine()
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
    if let names = reader.columnNames {
      writer.object { writer in
        writer.key("header")
        writer.array { writer in for name in names { writer.value(name) } }
      }
      writer.endLine()
    }
    try reader.forEach { outcome in
      writer.object { writer in
        switch outcome {
        case .bad(let row):
          writer.member("bad", row.reason.rawValue)
          writer.member("line", row.lineNumber)
          writer.member("raw", latin1(row.raw))
        case .record(let record):
          if reader.columnNames == nil {
            writer.key("object")
            writer.object { writer in
              for index in 0..<record.fieldCount {
                if case .json(let value) = record.cell(at: index) {
                  writer.key(record.name(at: index))
                  writer.value(value)
                }
              }
            }
          } else {
            writer.key("row")
            writer.array { writer in
              for index in 0..<record.fieldCount { writer.value(record.cell(at: index).string ?? "") }
            }
          }
          writer.member("line", record.lineNumber)
          writer.member("raw", latin1(record.raw))
        }
      }
      writer.endLine()
    }
  }

  private static func vectors(_ bytes: [UInt8], _ piece: Int, _ writer: inout JSONWriter) throws {
    let file = try NPYFile(ByteSource(bytes: bytes, pieceBytes: piece))
    try file.requireVectors()
    var row = [Float](repeating: 0, count: file.columns)
    for index in 0..<file.rows {
      row.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { file.copyRow(index, into: base) } }
      writer.object { writer in
        writer.key("bits")
        writer.array { writer in for value in row { writer.value(value.bitPattern) } }
      }
      writer.endLine()
    }
  }

  /// Any bytes as text: each byte is the character of its number.
  private static func latin1(_ bytes: UnsafeRawBufferPointer) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(UnicodeScalar(byte)) }
    return String(text)
  }
}
