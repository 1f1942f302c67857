/// What has to be written to a terminal on which the last line may be drawn over: progress.
///
/// Everything that goes to the terminal asks here first, so that no text is ever appended to a drawn line.
struct TerminalLine {
  /// Whether a drawn line stands there without an end.
  private(set) var isOpen = false

  private static let erase = "\r\u{1B}[K"

  /// The text that draws `line` in place of the one that stands there.
  mutating func drawing(_ line: String) -> String {
    isOpen = true
    return Self.erase + line
  }

  /// The text that takes the drawn line away; empty where there is none.
  mutating func clearing() -> String {
    defer { isOpen = false }
    return isOpen ? Self.erase : ""
  }
}
