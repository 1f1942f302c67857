import Basics

/// Cuts the text of a filter into tokens.
struct FilterLexer {
  private let scalars: [Unicode.Scalar]
  private var position = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// All tokens of `text`; the last one is `end`.
  static func tokens(of text: String) throws(FilterError) -> [FilterToken] {
    var lexer = FilterLexer(text)
    var tokens: [FilterToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private func scalar(at index: Int) -> Unicode.Scalar? {
    index < scalars.count ? scalars[index] : nil
  }

  private func failure(_ message: String, from start: Int, length: Int = 1) -> FilterError {
    FilterError(code: .invalidSyntax, message: message, column: start + 1, length: length)
  }

  private mutating func next() throws(FilterError) -> FilterToken {
    while let scalar = scalar(at: position), scalar.properties.isWhitespace { position += 1 }
    let start = position
    guard let first = scalar(at: start) else { return FilterToken(kind: .end, range: start..<start) }
    let kind: FilterToken.Kind
    switch first {
    case "(":
      position += 1
      kind = .leftParenthesis
    case ")":
      position += 1
      kind = .rightParenthesis
    case ",":
      position += 1
      kind = .comma
    case "'", "\"": kind = .text(try quoted(until: first, what: "text"))
    case "`": kind = .quotedName(try name(until: "`"))
    case "[": kind = .quotedName(try name(until: "]"))
    case "=", "<", ">", "!": kind = .comparison(try comparison())
    case "0"..."9", ".", "+", "-": kind = .number(try number())
    default:
      guard BareName.canStart(first) else { throw unexpected(first) }
      kind = word()
    }
    return FilterToken(kind: kind, range: start..<position)
  }

  /// Reads up to the closing quote; a doubled quote stands for itself.
  private mutating func quoted(until quote: Unicode.Scalar, what: String) throws(FilterError) -> String {
    let start = position
    position += 1
    var value = String.UnicodeScalarView()
    while let next = scalar(at: position) {
      position += 1
      if next == quote {
        guard scalar(at: position) == quote else { return String(value) }
        position += 1
      }
      value.append(next)
    }
    throw failure(
      "The \(what) that begins here has no closing \(quote).", from: start, length: position - start)
  }

  private mutating func name(until quote: Unicode.Scalar) throws(FilterError) -> String {
    let start = position
    let name = try quoted(until: quote, what: "attribute name")
    if name.isEmpty {
      throw failure("An attribute name cannot be empty.", from: start, length: position - start)
    }
    return name
  }

  private mutating func word() -> FilterToken.Kind {
    let start = position
    position += 1
    while let next = scalar(at: position) {
      if BareName.canContinue(next) {
        position += 1
      } else if next == "." || next == "-", let after = scalar(at: position + 1),
        BareName.canContinue(after)
      {
        position += 2
      } else {
        break
      }
    }
    let word = String(String.UnicodeScalarView(scalars[start..<position]))
    if let keyword = Keyword(rawValue: word.lowercased()) { return .keyword(keyword) }
    return .word(word)
  }

  private mutating func comparison() throws(FilterError) -> Comparison {
    let start = position
    while let next = scalar(at: position), "=<>!".unicodeScalars.contains(next), position - start < 3 {
      position += 1
    }
    let sign = String(String.UnicodeScalarView(scalars[start..<position]))
    switch sign {
    case "=", "==": return .equal
    case "!=", "<>": return .notEqual
    case "<": return .less
    case "<=": return .lessOrEqual
    case ">": return .greater
    case ">=": return .greaterOrEqual
    case "=>": throw failure("There is no =>; write >=.", from: start, length: 2)
    case "=<": throw failure("There is no =<; write <=.", from: start, length: 2)
    case "!": throw failure("There is no ! by itself; write not, or != to compare.", from: start)
    case "===": throw failure("There is no ===; write =.", from: start, length: 3)
    default:
      throw failure(
        "There is no comparison \(sign); use = != < <= > or >=.", from: start, length: position - start)
    }
  }

  private mutating func number() throws(FilterError) -> FilterNumber {
    let start = position
    if let sign = scalar(at: position), sign == "-" || sign == "+" { position += 1 }
    while let next = scalar(at: position) {
      let previous = scalars[position - (position > start ? 1 : 0)]
      let isExponentSign = (next == "-" || next == "+") && (previous == "e" || previous == "E")
      guard BareName.canContinue(next) || next == "." || isExponentSign else { break }
      position += 1
    }
    let written = String(String.UnicodeScalarView(scalars[start..<position]))
    let length = max(1, position - start)
    if written == "-" || written == "+" || written == "." {
      throw failure(
        "\(written) is not a number; a filter compares attributes with values and does not calculate.",
        from: start, length: length)
    }
    switch written.withBytes({ DecimalNumber.parse($0) }) {
    case .number(let value): return FilterNumber(value, writtenAs: written)
    case .tooLarge: throw failure("The number \(written) is too large.", from: start, length: length)
    case .notANumber:
      throw failure(
        "\(written) is not a number; text needs quotes ('\(written)'), a name that begins with a digit"
          + " needs backquotes (`\(written)`).", from: start, length: length)
    }
  }

  private func unexpected(_ first: Unicode.Scalar) -> FilterError {
    switch first {
    case "&": failure("There is no &; write and.", from: position, length: run(of: first))
    case "|": failure("There is no |; write or.", from: position, length: run(of: first))
    case "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}", "\u{00AB}", "\u{00BB}":
      failure("\(first) is a typographic quote; put text between ' and '.", from: position)
    case "\u{2212}", "\u{2013}", "\u{2014}":
      failure("\(first) is not a minus sign; write - for negative numbers.", from: position)
    case "\u{2264}": failure("Write <= instead of \(first).", from: position)
    case "\u{2265}": failure("Write >= instead of \(first).", from: position)
    case "\u{2260}": failure("Write != instead of \(first).", from: position)
    case ";": failure("A filter is one condition; leave out the semicolon.", from: position)
    case "*", "/", "%":
      failure(
        "\(first) has no meaning here; a filter compares attributes with values and does not calculate.",
        from: position)
    case "]":
      failure("This ] closes nothing; lists use parentheses, as in color in ('red', 'blue').", from: position)
    default:
      failure(
        "Unexpected character \(first.escaped(asASCII: false)); a name with such characters goes between"
          + " backquotes, text between quotes.", from: position)
    }
  }

  private func run(of character: Unicode.Scalar) -> Int {
    scalar(at: position + 1) == character ? 2 : 1
  }
}
