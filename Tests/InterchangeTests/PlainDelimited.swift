@testable import Interchange

/// The rules of `DelimitedReader` once more, one byte after the other over a complete text, for comparison.
enum PlainDelimited {
  static func rows(_ bytes: [UInt8], columnCount: Int) -> [RowRecord] {
    var result: [RowRecord] = []
    var line = 2
    var place = 0
    while place < bytes.count {
      let physicalEnd = bytes[place...].firstIndex(of: 0x0a) ?? bytes.count
      switch parse(bytes, from: place) {
      case .failure(let failure):
        result.append(.bad(line: line, failure.reason, raw: withoutReturn(bytes[place..<physicalEnd])))
        line += 1
        place = physicalEnd + 1
      case .success(let row):
        let raw = withoutReturn(bytes[place..<row.end])
        if raw.isEmpty {
          // An empty line is no row.
        } else if String(validating: raw, as: UTF8.self) == nil {
          result.append(.bad(line: line, .invalidUTF8, raw: raw))
        } else if row.fields.count != columnCount {
          result.append(.bad(line: line, .wrongFieldCount, raw: raw))
        } else {
          let fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
          result.append(.row(line: line, fields, raw: String(decoding: raw, as: UTF8.self)))
        }
        line += 1 + raw.count { $0 == 0x0a }
        place = row.end + 1
      }
    }
    return result
  }

  private struct Failure: Error {
    var reason: BadRow.Reason
  }

  private static func withoutReturn(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    bytes.last == 0x0d ? Array(bytes.dropLast()) : Array(bytes)
  }

  /// The fields of the row at `start` and the place of its line end.
  private static func parse(
    _ bytes: [UInt8], from start: Int
  ) -> Result<(fields: [[UInt8]], end: Int), Failure> {
    var fields: [[UInt8]] = []
    var place = start
    while true {
      var field: [UInt8] = []
      if place < bytes.count, bytes[place] == 0x22 {
        place += 1
        while true {
          guard place < bytes.count else { return .failure(Failure(reason: .unterminatedQuote)) }
          if bytes[place] != 0x22 {
            field.append(bytes[place])
            place += 1
          } else if place + 1 < bytes.count, bytes[place + 1] == 0x22 {
            field.append(0x22)
            place += 2
          } else {
            place += 1
            break
          }
        }
        let rest = bytes[place...]
        let isEnd = rest.isEmpty || rest.starts(with: [0x0a]) || rest.elementsEqual([0x0d])
        if isEnd || rest.starts(with: [0x0d, 0x0a]) {
          fields.append(field)
          return .success((fields, rest.firstIndex(of: 0x0a) ?? bytes.count))
        }
        guard rest.first == 0x2c else { return .failure(Failure(reason: .textAfterQuote)) }
      } else {
        let end = bytes[place...].firstIndex { $0 == 0x2c || $0 == 0x0a } ?? bytes.count
        field = Array(bytes[place..<end])
        place = end
        if end == bytes.count || bytes[end] == 0x0a {
          fields.append(withoutReturn(field[...]))
          return .success((fields, end))
        }
      }
      fields.append(field)
      place += 1
    }
  }
}
