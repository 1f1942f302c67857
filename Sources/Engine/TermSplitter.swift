import Basics
import Records
import Values

/// Cuts texts into terms: runs of letters and digits in lower case. Ideographs and kana are terms each. What is written
/// in one piece with signs and digits, such as a code `AB-12/3`, is also a term without its signs.
enum TermSplitter {
  /// A term has at most this many bytes; what is longer is cut.
  static let termBytes = 64

  /// The terms in their order, each as often as it occurs.
  /// - Complexity: O(length of `text`).
  static func forEach(in text: String, _ body: ([UInt8]) -> Void) {
    var (term, joined) = ([UInt8](), [UInt8]())
    var (parts, hasDigit) = (0, false)
    func end() {
      guard !term.isEmpty else { return }
      body(cut(term))
      parts += 1
      term.removeAll(keepingCapacity: true)
    }
    func endPiece() {
      end()
      if parts > 1, hasDigit { body(cut(joined)) }
      joined.removeAll(keepingCapacity: true)
      (parts, hasDigit) = (0, false)
    }
    for scalar in text.unicodeScalars {
      if scalar.isASCII {
        var byte = UInt8(truncatingIfNeeded: scalar.value)
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte |= 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"): break
        case UInt8(ascii: "0")...UInt8(ascii: "9"): hasDigit = true
        case 0x09...0x0d, 0x20:
          endPiece()
          continue
        default:
          end()
          continue
        }
        append(byte, to: &term)
        append(byte, to: &joined)
      } else if isWhole(scalar) {
        endPiece()
        body(Array(String(scalar).utf8))
      } else if scalar.properties.isWhitespace {
        endPiece()
      } else if isPart(scalar) {
        for byte in scalar.properties.lowercaseMapping.utf8 {
          append(byte, to: &term)
          append(byte, to: &joined)
        }
      } else {
        end()
      }
    }
    endPiece()
  }

  /// Longer terms are cut, so that a long word takes no memory.
  private static func append(_ byte: UInt8, to term: inout [UInt8]) {
    if term.count < termBytes + 4 { term.append(byte) }
  }

  private static func cut(_ term: [UInt8]) -> [UInt8] {
    guard term.count > termBytes else { return term }
    var end = termBytes
    while term[end] & 0xC0 == 0x80 { end -= 1 }
    return Array(term[..<end])
  }

  private static func isWhole(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3FFFF: true
    default: false
    }
  }

  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
      .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
      true
    default: false
    }
  }
}

/// The terms of one record with their counts.
struct RecordTerms {
  private(set) var counts: [[UInt8]: UInt32] = [:]
  private var total = 0
  /// Terms of the record, 255 for more.
  var length: UInt8 { UInt8(min(total, 255)) }

  /// - Parameter attributes: whose values count beside the text.
  init(of record: EntityRecord?, attributes: [String]) {
    guard let record, !record.isDeleted else { return }
    if let text = record.text { add(text) }
    for name in attributes { if let value = record.attributes[name] { add(value) } }
  }

  private mutating func add(_ text: String) {
    TermSplitter.forEach(in: text) { term in
      counts[term, default: 0] += 1
      total += 1
    }
  }

  private mutating func add(_ value: AttributeValue) {
    switch value {
    case .string(let text): add(text)
    case .number(let number): add(Int64(exactly: number)?.description ?? number.description)
    case .integer(let number): add(number.description)
    case .strings(let texts): for text in texts { add(text) }
    case .integers(let numbers): for number in numbers { add(number.description) }
    case .list(let values): for value in values { add(value) }
    case .null, .bool, .object: break
    }
  }
}

/// The terms that are one edit away from a word: a letter more, less, another, or two in each other's place.
struct EditedTerms {
  private let word: [Unicode.Scalar]

  init(_ word: String.UnicodeScalarView) { self.word = Array(word) }

  /// - Parameters:
  ///   - number: of a term; nil where there is none.
  ///   - next: the first term from some bytes on.
  /// - Complexity: O(length · letters that terms go on with) look-ups.
  func found(
    _ number: (String) throws -> UInt32?, next: ([UInt8]) throws -> [UInt8]?
  ) rethrows -> [UInt32] {
    var numbers: [UInt32] = []
    func look(_ scalars: [Unicode.Scalar]) throws {
      var text = String.UnicodeScalarView()
      text.append(contentsOf: scalars)
      if let number = try number(String(text)), !numbers.contains(number) { numbers.append(number) }
    }
    for place in word.indices {
      try look(Array(word[..<place] + word[(place + 1)...]))
      if place + 1 < word.count {
        var exchanged = word
        exchanged.swapAt(place, place + 1)
        try look(exchanged)
      }
    }
    for place in 0...word.count {
      let head = Array(word[..<place])
      for letter in try letters(behind: head, next) {
        if place < word.count { try look(head + [letter] + word[(place + 1)...]) }
        try look(head + [letter] + word[place...])
      }
    }
    return numbers
  }

  /// The letters that terms with a beginning go on with, first to last.
  private func letters(
    behind head: [Unicode.Scalar], _ next: ([UInt8]) throws -> [UInt8]?
  ) rethrows -> [Unicode.Scalar] {
    let prefix = head.flatMap { Array(String($0).utf8) }
    var letters: [Unicode.Scalar] = []
    var from = prefix + [0]
    while let term = try next(from), term.starts(with: prefix), term.count > prefix.count {
      guard let letter = String(decoding: term[prefix.count...], as: UTF8.self).unicodeScalars.first else {
        break
      }
      letters.append(letter)
      // Behind all terms that go on with this letter: no UTF-8 has a byte of 0xFF.
      from = prefix + Array(String(letter).utf8) + [0xFF]
    }
    return letters
  }
}
