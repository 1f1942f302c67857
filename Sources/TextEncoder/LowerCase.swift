/// Lower case as Python's `str.lower` has it, which texts are brought to for models with `do_lower_case`.
enum LowerCase {
  /// Scalar by scalar; a capital sigma at the end of a word becomes a final one (The Unicode Standard, table 3-17).
  /// - Complexity: O(length of `text`).
  static func of(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var lower = String.UnicodeScalarView()
    // Whether the word has a cased letter so far: what stands between, such as apostrophes, does not count.
    var isInWord = false
    for (index, scalar) in scalars.enumerated() {
      let properties = scalar.properties
      if scalar == "\u{3A3}", isInWord, endsWord(behind: index, scalars) {
        lower.append("\u{3C2}")
      } else {
        lower.append(contentsOf: properties.lowercaseMapping.unicodeScalars)
      }
      if !properties.isCaseIgnorable { isInWord = properties.isCased }
    }
    return String(lower)
  }

  /// Whether no cased letter follows, but for what does not count.
  private static func endsWord(behind index: Int, _ scalars: [Unicode.Scalar]) -> Bool {
    for scalar in scalars[(index + 1)...] where !scalar.properties.isCaseIgnorable {
      return !scalar.properties.isCased
    }
    return true
  }
}
