/// The three-entry Python dictionary in a `.npy` header.
///
/// It reads what NumPy writes, keys in any order, and nothing else: no evaluation, no other types.
struct NPYDictionary {
  struct Fields {
    var descriptor: String
    var isFortranOrder: Bool
    var shape: [Int]
  }

  private let text: UnsafeRawBufferPointer
  private let name: String
  private var index = 0

  init(_ text: UnsafeRawBufferPointer, name: String) {
    self.text = text
    self.name = name
  }

  /// - Throws: `.corrupt` with the place; `.unsupportedContent` for a record type.
  mutating func parse() throws(InterchangeError) -> Fields {
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while !skip("}") {
      let key = try quoted()
      try expect(":")
      switch key {
      case "descr" where descriptor == nil:
        if current == UInt8(ascii: "[") {
          throw InterchangeError(
            .unsupportedContent, "'\(name)' holds records with named fields; save one plain array", path: name
          )
        }
        descriptor = try quoted()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try truth()
      case "shape" where shape == nil: shape = try tuple()
      default: throw corrupt("the key '\(key)' is unknown or stands twice")
      }
      if !skip(",") {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard index == text.count else { throw corrupt("text behind the dictionary") }
    guard let descriptor, let isFortranOrder, let shape else {
      throw corrupt("one of 'descr', 'fortran_order' and 'shape' is missing")
    }
    return Fields(descriptor: descriptor, isFortranOrder: isFortranOrder, shape: shape)
  }

  private var current: UInt8 { index < text.count ? text[index] : 0 }

  private func corrupt(_ what: String) -> InterchangeError {
    InterchangeError(.corrupt, "'\(name)' has a broken .npy header at byte \(index): \(what)", path: name)
  }

  private mutating func skipBlanks() {
    while index < text.count, [0x20, 0x09, 0x0a, 0x0d].contains(text[index]) { index += 1 }
  }

  /// Steps over `character` and the blanks around it, if it is next.
  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard current == UInt8(ascii: character), index < text.count else { return false }
    index += 1
    skipBlanks()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(InterchangeError) {
    if !skip(character) { throw corrupt("'\(character)' expected") }
  }

  private mutating func quoted() throws(InterchangeError) -> String {
    let quote = current
    guard quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { throw corrupt("a quote expected") }
    let begin = index + 1
    index = begin
    while index < text.count, text[index] != quote {
      guard text[index] >= 0x20, text[index] < 0x7f, text[index] != UInt8(ascii: "\\") else {
        throw corrupt("an unexpected character in a name")
      }
      index += 1
    }
    guard index < text.count else { throw corrupt("a quote is not closed") }
    let content = String(decoding: text[begin..<index], as: UTF8.self)
    index += 1
    skipBlanks()
    return content
  }

  private mutating func truth() throws(InterchangeError) -> Bool {
    for (word, value) in [("True", true), ("False", false)]
    where text[index...].starts(with: word.utf8) {
      index += word.utf8.count
      return value
    }
    throw corrupt("True or False expected")
  }

  private mutating func tuple() throws(InterchangeError) -> [Int] {
    var lengths: [Int] = []
    try expect("(")
    while !skip(")") {
      guard lengths.count < 32 else { throw corrupt("more than 32 dimensions") }
      lengths.append(try length())
      if !skip(",") {
        try expect(")")
        break
      }
    }
    return lengths
  }

  private mutating func length() throws(InterchangeError) -> Int {
    let begin = index
    var value = 0
    while index < text.count, case let digit = text[index] &- UInt8(ascii: "0"), digit < 10 {
      let (product, overflows) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowsToo) = product.addingReportingOverflow(Int(digit))
      guard !overflows, !overflowsToo else { throw corrupt("a length is too large") }
      value = sum
      index += 1
    }
    guard index > begin else { throw corrupt("a length expected") }
    // Python 2 took it for octal, Python 3 refuses it.
    guard text[begin] != UInt8(ascii: "0") || index == begin + 1 else {
      throw corrupt("a length with a leading zero")
    }
    // NumPy under Python 2 wrote long integers, as in `(2L, 3L)`, and reads them still.
    if current == UInt8(ascii: "L") { index += 1 }
    return value
  }
}
