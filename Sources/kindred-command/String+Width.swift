extension String {
  /// Columns the text takes in a terminal: two for East Asian wide characters and emoji, one otherwise.
  var displayWidth: Int {
    utf8.allSatisfy { $0 < 0x80 } ? utf8.count : reduce(0) { $0 + $1.displayWidth }
  }

  /// The text, cut with an ellipsis where it is wider than `width` columns.
  func cut(toWidth width: Int) -> String {
    guard displayWidth > width, width > 1 else { return self }
    var result = ""
    var used = 0
    for character in self {
      used += character.displayWidth
      if used > width - 1 { break }
      result.append(character)
    }
    return result + "…"
  }

  /// The text in lines of at most `width` columns, broken at blanks where there are some.
  func wrapped(toWidth width: Int) -> [String] {
    guard width > 1, displayWidth > width else { return [self] }
    var lines: [String] = []
    var line = ""
    var used = 0
    for character in self {
      if used + character.displayWidth > width {
        let blank = line.lastIndex(of: " ").flatMap { $0 > line.startIndex ? $0 : nil }
        let rest = blank.map { String(line[line.index(after: $0)...]) } ?? ""
        lines.append(blank.map { String(line[..<$0]) } ?? line)
        line = rest
        used = rest.displayWidth
      }
      line.append(character)
      used += character.displayWidth
    }
    return lines + [line]
  }
}

extension Character {
  fileprivate var displayWidth: Int {
    guard let scalar = unicodeScalars.first, scalar.value >= 0x1100 else { return 1 }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}
