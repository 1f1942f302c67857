/// What may help where rows were dropped, by reason: the first such row, and the option that usually mends it.
enum ImportHints {
  /// The hint for one reason; nil where there is nothing to say.
  static func hint(_ reason: String, line: Int, detail: String?, columns: [String]?) -> String? {
    let place = "line \(line)" + (detail.map { ": \($0)" } ?? "")
    switch reason {
    case "condition": return nil
    case "invalidUTF8":
      return "line \(line) is not UTF-8; if the file comes from Windows or Excel: --encoding windows-1252"
    case "wrongFieldCount":
      guard let other = UsualNames.otherDelimiter(in: columns ?? []) else {
        return
          "\(place); a field with the delimiter in it must be in quotes, or say with --delimiter what separates fields"
      }
      return "\(place); if '\(other)' separates fields: --delimiter '\(other)'"
    case "bad number":
      return
        "\(place); --number-format says how the file writes numbers, --type Column=text keeps them as they are"
    case "bad time":
      return "\(place); a time is ISO 8601, such as 2026-11-29T08:26:00Z, or a number of seconds"
    case "bad value": return "\(place); --number-format says how the file writes numbers"
    default: return place
    }
  }
}
