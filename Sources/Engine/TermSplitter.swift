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
      guard total < Limits.recordTerms else { return }
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
  /// The UTF-8 of each letter.
  private let letters: [[UInt8]]
  /// The letters that take another's place: nobody takes one of another script for it, and there are thousands.
  private let range: ClosedRange<UInt32>

  init(_ word: [UInt8]) {
    let scalars = String(decoding: word, as: UTF8.self).unicodeScalars
    letters = scalars.map { Array(String($0).utf8) }
    let (least, most) = (scalars.map(\.value).min() ?? 0, scalars.map(\.value).max() ?? 0)
    // Latin letters and digits together, of others the blocks of 256 that the word is in.
    range = most <= 0x24F ? 0...0x24F : (least & ~0xFF)...(most | 0xFF)
  }

  /// How many letters the word has.
  var count: Int { letters.count }

  /// - Parameters:
  ///   - isTerm: whether some bytes are a term.
  ///   - next: the first term from some bytes on.
  /// - Returns: terms, each once.
  /// - Complexity: O(length · letters that terms go on with) look-ups.
  func found(
    isTerm: ([UInt8]) throws -> Bool, next: ([UInt8]) throws -> [UInt8]?
  ) rethrows -> [[UInt8]] {
    var (found, known) = ([[UInt8]](), Set<[UInt8]>())
    func look(_ term: [UInt8]) throws {
      if try !known.contains(term) && isTerm(term) {
        known.insert(term)
        found.append(term)
      }
    }
    for place in letters.indices {
      let (head, tail) = (letters[..<place].joined(), letters[(place + 1)...].joined())
      try look(Array(head) + tail)
      if place + 1 < letters.count {
        try look(Array(head) + letters[place + 1] + letters[place] + letters[(place + 2)...].joined())
      }
    }
    for place in 0...letters.count {
      let head = Array(letters[..<place].joined())
      let (tail, shorter) = (letters[place...].joined(), letters[place...].dropFirst().joined())
      try forEachLetter(behind: head, next) { letter in
        if place < letters.count { try look(head + letter + shorter) }
        try look(head + letter + tail)
      }
    }
    return found
  }

  /// Hands out the letters that terms with a beginning go on with, first to last.
  private func forEachLetter(
    behind head: [UInt8], _ next: ([UInt8]) throws -> [UInt8]?, _ body: ([UInt8]) throws -> Void
  ) rethrows {
    var from = head + (Unicode.Scalar(range.lowerBound).map { Array(String($0).utf8) } ?? [0])
    while let term = try next(from), term.count > head.count, term.starts(with: head) {
      // The letter's first byte says how many it has.
      let lead = term[head.count]
      let width = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      let letter = Array(term[head.count..<min(term.count, head.count + width)])
      guard let scalar = String(decoding: letter, as: UTF8.self).unicodeScalars.first,
        range.contains(scalar.value)
      else {
        return
      }
      try body(letter)
      // Behind all terms that go on with this letter: no UTF-8 has a byte of 0xFF.
      from = head + letter + [0xFF]
    }
  }
}
