/// How two values are compared.
enum Comparison: String, CaseIterable, Sendable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="

  /// The comparison that says the same with its two sides exchanged.
  var flipped: Comparison {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}

/// The words the grammar keeps for itself. `between` and `like` are ordinary names where a value could stand.
enum Keyword: String, CaseIterable, Sendable {
  case and, or, not, `in`, `is`, null, `true`, `false`
}

/// One word or sign of a filter, with its place.
struct FilterToken: Sendable {
  /// What the token is.
  enum Kind: Sendable, Equatable {
    case keyword(Keyword)
    case word(String)
    case quotedName(String)
    case text(String)
    case number(FilterNumber)
    case comparison(Comparison)
    case leftParenthesis
    case rightParenthesis
    case comma
    case end
  }

  /// What the token is.
  var kind: Kind
  /// The scalars of the filter it was read from.
  var range: Range<Int>
}

/// What may stand in a name that is written without quotes.
enum BareName {
  /// Whether a name may begin with `scalar`.
  static func canStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDStart
  }

  /// Whether a name may go on with `scalar`; a dot or a dash also needs one more letter or digit behind it.
  static func canContinue(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || scalar.properties.isXIDContinue
  }

  /// `name` as it is written in a filter: bare where the grammar allows it, else between backquotes.
  static func quotedIfNeeded(_ name: String) -> String {
    if isBare(name) { return name }
    var quoted = "`"
    for scalar in name.unicodeScalars {
      if scalar == "`" { quoted.unicodeScalars.append(scalar) }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "`"
  }

  private static func isBare(_ name: String) -> Bool {
    let scalars = Array(name.unicodeScalars)
    guard let first = scalars.first, let last = scalars.last, canStart(first), canContinue(last) else {
      return false
    }
    if Keyword(rawValue: name.lowercased()) != nil { return false }
    for (index, scalar) in scalars.enumerated() where !canContinue(scalar) {
      guard scalar == "." || scalar == "-", canContinue(scalars[index + 1]) else { return false }
    }
    return true
  }
}
