/// An aligned table for people.
struct Table {
  enum Alignment { case left, right }

  struct Column {
    var title: String
    var alignment: Alignment
    static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
    static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
  }

  /// A line about the row above it: a title, which is cut where the line is too wide, between two texts that are not.
  struct Detail {
    var before: String
    var title: String
    var after: String

    func line(indent: Int, terminalColumns: Int?) -> String {
      let start = String(repeating: " ", count: indent) + before
      let title = Table.printable(title)
      guard let terminalColumns else { return start + title + after }
      return start + title.cut(toWidth: max(8, terminalColumns - start.displayWidth - after.displayWidth))
        + after
    }
  }

  var columns: [Column]
  var rows: [[String]] = []
  /// Lines below each row, none if empty.
  var details: [[Detail]] = []
  /// Spaces before each line.
  var indent = 0

  init(_ columns: [Column], indent: Int = 0) {
    self.columns = columns
    self.indent = indent
  }

  /// The table's lines, titles first; the last column is cut at the terminal's width when there is one.
  func text(terminalColumns: Int? = StandardOutput.terminalColumns) -> String {
    let cells = rows.map { $0.map(Self.printable) }
    let widths = columns.indices.map { column in
      cells.reduce(columns[column].title.displayWidth) { max($0, $1[column].displayWidth) }
    }
    var text = ""
    for (number, row) in ([columns.map(\.title)] + cells).enumerated() {
      var line = String(repeating: " ", count: indent)
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.displayWidth)
        line += columns[column].alignment == .left ? cell + padding : padding + cell
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      text += (terminalColumns.map { line.cut(toWidth: $0) } ?? line) + "\n"
      guard number > 0, !details.isEmpty else { continue }
      for detail in details[number - 1] {
        text += detail.line(indent: indent + widths[0] + 2, terminalColumns: terminalColumns) + "\n"
      }
    }
    return text
  }

  /// Names and values, one pair a line.
  static func pairs(_ pairs: [(String, String)]) -> String {
    let width = pairs.reduce(0) { max($0, $1.0.displayWidth) }
    return pairs.map { name, value in
      name + String(repeating: " ", count: width - name.displayWidth + 2) + printable(value) + "\n"
    }.joined()
  }

  /// Data may hold anything; newlines and terminal controls would break the table or the terminal.
  static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return text
    }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(scalar.properties.generalCategory == .control ? " " : scalar)
    }
    return String(result)
  }
}

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
