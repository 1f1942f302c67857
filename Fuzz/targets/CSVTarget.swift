import Interchange

extension FuzzTarget {
  /// Tables in any delimiter and encoding: rows are the same however the bytes come, and what is read is written and
  /// read as the same.
  static let csv = FuzzTarget("csv") { bytes in
    var input = FuzzInput(bytes)
    let format: RecordFormat = input.below(2) == 0 ? .csv : .tsv
    let delimiter = [nil, nil, nil, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "a")][input.below(6)]
    let encoding = [nil, nil, nil, TextEncodingName.latin1, .utf16, .utf16be, .utf8][input.below(7)]
    let piece = 1 + input.below(64)
    let limit = 32 + 4 * input.below(256)
    let options = ReadRow.Options(
      format: format, delimiter: delimiter, encoding: encoding, limitBytes: limit, pieceBytes: piece)
    guard let read = try ReadRow.checkPieces(Array(input.rest), options), let names = read.names else {
      return
    }
    for case .row(let own, let cells, _) in read.rows {
      try hold(own == names && cells.count == names.count, "a row of other columns")
    }
    try checkWritten(names, read.rows, format)
  } samples: {
    let table = "id,name,price\r\n1,\"a, \"\"b\"\"\",2.5\r\n2,\"x\r\ny\",\r\n\r\n3,z\n"
    let other = "a;b|c;d\n1;2;3\r\n;;\n\"1\";\"\"\"\";é\n"
    let tabs = "id\tt\n1\t\"x\n\n2\ty\rz\r\n"
    func wide(_ text: String, isBig: Bool) -> [UInt8] {
      text.utf16.flatMap { isBig ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] }
    }
    return [
      [0, 0, 0, 9, 255] + table.utf8, [0, 0, 0, 63, 255] + other.utf8, [1, 0, 0, 2, 255] + tabs.utf8,
      [0, 3, 3, 0, 60] + other.utf8, [0, 0, 0, 1, 255, 0xff, 0xfe] + wide(table, isBig: false),
      [0, 0, 5, 7, 255] + wide(other, isBig: true), [0, 0, 0, 4, 0] + table.utf8,
      [0, 0, 0, 4, 255] + "a,b\r1,2\r3,\"4\r5\"\r".utf8,
    ]
  }

  private static func checkWritten(_ names: [[UInt8]], _ rows: [ReadRow], _ format: RecordFormat) throws {
    func texts(_ cells: [[UInt8]]) -> [String] { cells.map { String(decoding: $0, as: UTF8.self) } }
    var writer = DelimitedWriter(format)
    writer.row(texts(names))
    var wanted: [[[UInt8]]] = []
    for case .row(_, let cells, _) in rows {
      writer.row(texts(cells))
      wanted.append(cells)
    }
    // TSV has no tabs and line ends in fields, and a row of one empty field is an empty line, which is no row.
    guard writer.changedFields == 0, format == .csv || names.count > 1 else { return }
    let again = try ReadRow.all(
      writer.bytes, .init(format: format, delimiter: nil, encoding: .utf8, limitBytes: 1 << 16))
    let found = again?.rows.map { row in row.cells } ?? []
    try hold(
      again?.names == names && found == wanted,
      "written as \(String(decoding: writer.bytes, as: UTF8.self).debugDescription)")
  }
}
