/// One line of vector JSON Lines, read straight into floats: a vector of D numbers costs no D values.
struct VectorLine {
  var id: String?
  var hasVector = false
  /// The fault of a vector that is JSON but no array of numbers.
  var vectorFault: JSONFault?
  var attributes: JSONObject?
  /// What is wrong with `attributes`.
  var attributesFault: JSONFault?
  /// Keys that mean nothing here, with the values dropped.
  var ignoredKeys: [String] = []

  /// Reads the line; the numbers of `vector` are appended to `values`.
  static func parse(
    _ raw: UnsafeRawBufferPointer, limits: JSONLimits, appendingTo values: inout [Float]
  ) throws(JSONFault) -> VectorLine {
    guard isValidUTF8(raw) else { throw JSONFault(.invalidUTF8, 0, .text("the text is not UTF-8")) }
    var scanner = JSONScanner(raw, limits: limits)
    scanner.skipBlanks()
    guard scanner.current == UInt8(ascii: "{") else {
      // Broken JSON is reported as such before its kind matters.
      let offset = scanner.position
      _ = try scanner.document()
      throw JSONFault(.notAnObject, offset, .unexpected(expected: "an object"))
    }
    var line = VectorLine()
    var members: [JSONObject.Member] = []
    var keys = JSONKeys()
    try scanner.forEachKey(depth: 1) { (scanner, key, offset) throws(JSONFault) in
      guard keys.insert(key, among: members) else { throw JSONFault(.duplicateKey, offset, .key(key)) }
      // Kept for the comparison of keys only.
      members.append(JSONObject.Member(key: key, value: .null))
      switch key {
      case "id": line.id = try scanner.value(depth: 1).identifier
      case "vector": try line.readVector(&scanner, &values)
      case "attributes":
        let begin = scanner.position
        switch try scanner.value(depth: 1) {
        case .object(let object): line.attributes = object
        case .null: break
        default:
          line.attributesFault = JSONFault(.badAttributes, begin, .text("\"attributes\" must be an object"))
        }
      default:
        line.ignoredKeys.append(key)
        _ = try scanner.value(depth: 1)
      }
    }
    try scanner.end()
    return line
  }

  private mutating func readVector(_ scanner: inout JSONScanner, _ values: inout [Float]) throws(JSONFault) {
    scanner.skipBlanks()
    let begin = scanner.position
    guard scanner.current == UInt8(ascii: "[") else {
      _ = try scanner.value(depth: 1)
      vectorFault = JSONFault(.badVector, begin, .text("\"vector\" must be an array of numbers"))
      return
    }
    hasVector = true
    scanner.position += 1
    scanner.skipBlanks()
    if scanner.current == UInt8(ascii: "]") {
      scanner.position += 1
      return
    }
    repeat {
      try scanner.countValue()
      scanner.skipBlanks()
      let offset = scanner.position
      switch scanner.current {
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let value = Float(try scanner.double())
        values.append(value)
        if !value.isFinite {
          vectorFault = JSONFault(
            .badVector, offset, .text("a number in \"vector\" is outside the range of a 32-bit float"))
        }
      default:
        _ = try scanner.value(depth: 2)
        vectorFault = JSONFault(.badVector, offset, .text("\"vector\" must hold numbers only"))
      }
    } while try scanner.hasNext(before: UInt8(ascii: "]"), "',' or ']'")
  }
}
