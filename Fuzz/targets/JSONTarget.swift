import Interchange

extension FuzzTarget {
  /// JSON documents, JSON Lines and streams of JSON: a value that is read is written and read as the same, and rows
  /// are the same however the bytes come.
  static let json = FuzzTarget("json") { bytes in
    var input = FuzzInput(bytes)
    let kind = input.below(3)
    guard kind > 0 else { return try checkDocument(input.rest) }
    let piece = 1 + input.below(64)
    let limit = 32 + 4 * input.below(256)
    let content = Array(input.rest)
    let options = ReadRow.Options(
      format: kind == 1 ? .jsonLines : .json, limitBytes: limit, pieceBytes: piece)
    guard let read = try ReadRow.checkPieces(content, options) else { return }
    // What was read, written as JSON Lines, is read again.
    var writer = JSONWriter()
    var wanted: [[[UInt8]]] = []
    for case .row(let names, let cells, _) in read.rows {
      let members = try zip(names, cells).map { name, cell in
        JSONObject.Member(key: String(decoding: name, as: UTF8.self), value: try JSONParser.parse(cell))
      }
      writer.value(.object(members))
      writer.endLine()
      wanted.append(cells)
    }
    let again = try ReadRow.all(writer.bytes, .init(format: .jsonLines, limitBytes: 1 << 16))
    let found = again?.rows.map { row in row.cells } ?? []
    try hold(found == wanted, "written as \(String(decoding: writer.bytes, as: UTF8.self))")
  } samples: {
    let document = #"{"a":[1,-2.5e3,true,null,"x\n\u00e9\ud83d\ude00"],"b":{"c":{}},"":""}"#
    let lines =
      #"{"id":"a","n":1}"# + "\r\n\n" + #"{"id":12345678901234567890,"t":"2010-12-01"}"# + "\n[1]\n{\"a\":\n"
    let array = "[\n  " + #"{"a":1},"# + "\n  " + #"{"a":"x"y},"# + "\n  " + #"{"a":[2,{"b":3}]}"# + "\n]\n"
    return [
      [0] + document.utf8, [0] + "[[[[1e400]]]]".utf8, [1, 5, 255] + lines.utf8, [2, 0, 255] + array.utf8,
      [1, 63, 0] + lines.utf8, [2, 3, 9] + #"{"a":1} {"b":2}{"c":"\ud800"}"#.utf8,
    ]
  }

  private static func checkDocument(_ bytes: UnsafeRawBufferPointer) throws {
    guard let value = try accepted(InterchangeError.self, { try JSONParser.parse(bytes) }) else { return }
    let text = value.text
    let again = try JSONParser.parse(text)
    try hold(again == value && again.text.utf8.elementsEqual(text.utf8), "\(text) is read as \(again.text)")
  }
}
