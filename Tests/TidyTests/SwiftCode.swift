/// Swift source whose comments and contents of string literals are blanks: what is left is code. Lines and columns
/// stay.
struct SwiftCode {
  let text: String

  init(_ source: String) {
    var blanker = Blanker(bytes: Array(source.utf8))
    blanker.skipCode(untilParenthesis: false)
    text = String(decoding: blanker.code, as: UTF8.self)
  }

  var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
}

private struct Blanker {
  let bytes: [UInt8]
  var code: [UInt8]
  private var at = 0

  /// What begins a comment or a literal, or may end an interpolation.
  private static let signs = Array("/\"#()".utf8)

  init(bytes: [UInt8]) {
    self.bytes = bytes
    code = bytes
  }

  /// Passes code up to its end, or up to the parenthesis that closes an interpolation.
  mutating func skipCode(untilParenthesis: Bool) {
    var depth = 0
    while at < bytes.count {
      guard Self.signs.contains(bytes[at]) else {
        at += 1
        continue
      }
      if starts("//") {
        while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { blank(1) }
      } else if starts("/*") {
        blankBlockComment()
      } else if let hashes = hashesBeforeQuote() {
        blankLiteral(hashes: hashes)
      } else {
        if starts("(") { depth += 1 }
        if starts(")") {
          if untilParenthesis, depth == 0 { return }
          depth -= 1
        }
        at += 1
      }
    }
  }

  private func starts(_ text: String) -> Bool { bytes[at...].starts(with: text.utf8) }

  private mutating func blank(_ count: Int) {
    for _ in 0..<count where at < bytes.count {
      if bytes[at] != UInt8(ascii: "\n") { code[at] = UInt8(ascii: " ") }
      at += 1
    }
  }

  private mutating func blankBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        blank(2)
      } else if starts("*/") {
        depth -= 1
        blank(2)
      } else {
        blank(1)
      }
    } while depth > 0 && at < bytes.count
  }

  /// The number signs before the quote of a literal that begins here; nil where none begins.
  private func hashesBeforeQuote() -> Int? {
    var end = at
    while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
    return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - at : nil
  }

  private mutating func blankLiteral(hashes: Int) {
    at += hashes
    let sign = String(repeating: "#", count: hashes)
    let quote = starts("\"\"\"") ? "\"\"\"" : "\""
    at += quote.utf8.count
    while at < bytes.count {
      if starts(quote + sign) {
        at += quote.utf8.count + hashes
        return
      }
      if starts("\\" + sign + "(") {
        at += hashes + 2
        skipCode(untilParenthesis: true)
        at += 1
      } else if starts("\\" + sign) {
        blank(hashes + 2)
      } else {
        blank(1)
      }
    }
  }
}
