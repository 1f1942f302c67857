/// An aligned table for people.
struct Table {
  enum Alignment { case left, right }

  struct Column {
    var title: String
    var alignment: Alignment
    /// Whether its cells may be cut where the terminal is too narrow.
    var isCuttable = false

    /// Text that may be cut.
    static func left(_ title: String) -> Column { Column(title: title, alignment: .left, isCuttable: true) }
    /// Text that says nothing when it is cut, such as an id.
    static func whole(_ title: String) -> Column { Column(title: title, alignment: .left) }
    /// Numbers.
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

  /// The table's lines, titles first, none wider than the terminal where there is one.
  ///
  /// Where it is too narrow the widest texts are cut; where that is not enough, columns move into a second table below,
  /// with the first text column again.
  func text(terminalColumns: Int? = StandardOutput.terminalColumns) -> String {
    let cells = rows.map { $0.map(Self.printable) }
    let widths = columns.indices.map { column in
      cells.reduce(columns[column].title.displayWidth) { max($0, $1[column].displayWidth) }
    }
    guard let limit = terminalColumns else { return lines(of: Array(columns.indices), cells, widths, nil) }
    let layout = TableLayout(columns: columns, widths: widths, indent: indent, limit: limit)
    return layout.blocks.map { lines(of: $0.columns, cells, $0.widths, limit) }.joined(separator: "\n")
  }

  private func lines(of shown: [Int], _ cells: [[String]], _ widths: [Int], _ limit: Int?) -> String {
    var text = ""
    for (number, row) in ([columns.map(\.title)] + cells).enumerated() {
      var line = String(repeating: " ", count: indent)
      for column in shown {
        let cell = row[column].cut(toWidth: widths[column])
        let padding = String(repeating: " ", count: max(0, widths[column] - cell.displayWidth))
        line += columns[column].alignment == .left ? cell + padding : padding + cell
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      text += (limit.map { line.cut(toWidth: $0) } ?? line) + "\n"
      guard number > 0, shown.first == 0, !details.isEmpty else { continue }
      for detail in details[number - 1] {
        let line = detail.line(indent: indent + widths[0] + 2, terminalColumns: limit)
        text += (limit.map { line.cut(toWidth: $0) } ?? line) + "\n"
      }
    }
    return text
  }

  /// The table as Markdown, nothing cut; the lines below a row are a column.
  func markdown() -> String {
    if !details.isEmpty {
      var table = Table(columns + [.left("details")])
      table.rows = zip(rows, details).map { row, details in
        row + [details.map { $0.line(indent: 0, terminalColumns: nil) }.joined(separator: "; ")]
      }
      return table.markdown()
    }
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let rule = columns.map { $0.alignment == .left ? ":---" : "---:" }
    let escaped = ([columns.map(\.title)] + rows).map { $0.map(Self.markdownCell) }
    return line(escaped[0]) + line(rule) + escaped.dropFirst().map(line).joined()
  }

  /// A pipe would end the cell, and a backslash before it would be taken for its escape.
  private static func markdownCell(_ text: String) -> String {
    printable(text).reduce(into: "") { result, character in
      if character == "|" || character == "\\" { result.append("\\") }
      result.append(character)
    }
  }

  /// Names and values, one pair a line; what is wider than the terminal goes on below its beginning.
  static func pairs(
    _ pairs: [(String, String)], terminalColumns: Int? = StandardOutput.terminalColumns
  ) -> String {
    let width = pairs.reduce(0) { max($0, $1.0.displayWidth) } + 2
    let indent = "\n" + String(repeating: " ", count: width)
    return pairs.map { name, value in
      var lines = [printable(value)]
      if let terminalColumns, terminalColumns >= 2 * width {
        lines = lines[0].wrapped(toWidth: terminalColumns - width)
      }
      return name + String(repeating: " ", count: width - name.displayWidth)
        + lines.joined(separator: indent) + "\n"
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
