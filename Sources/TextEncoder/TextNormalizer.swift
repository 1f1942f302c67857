import Basics

/// Changes a text before it is cut into words, step by step.
struct TextNormalizer: Sendable {
  /// One step.
  enum Step: Sendable {
    /// The table of replacements of a SentencePiece model.
    case map(ReplacementMap)
    /// Every occurrence of a sequence of bytes, which is not empty, is replaced.
    case replace([UInt8], by: [UInt8])
    /// Two spaces or more in a row are replaced.
    case replaceSpaces(by: [UInt8])
    /// Each scalar becomes its lower case.
    case lowercase(CharacterRules)
    /// White space is removed at the ends.
    case strip(left: Bool, right: Bool)
    /// Something is put before a text that is not empty.
    case prepend([UInt8])
  }

  var steps: [Step] = []

  /// Whether the first scalar of what `normalize` makes always comes from that of the text, as the reference keeps
  /// account of it.
  var keepsStart: Bool {
    steps.allSatisfy { step in
      switch step {
      case .map, .lowercase: true
      default: false
      }
    }
  }

  /// Sets `result` to the normalised text; `spare` is memory for what is between two steps.
  /// - Complexity: O(length of `text`).
  func normalize(_ text: UnsafeRawBufferPointer, into result: inout [UInt8], spare: inout [UInt8]) {
    guard let first = steps.first else {
      result.removeAll(keepingCapacity: true)
      result.append(contentsOf: text)
      return
    }
    Self.apply(first, to: text, into: &result)
    for step in steps.dropFirst() {
      swap(&result, &spare)
      spare.withUnsafeBytes { Self.apply(step, to: $0, into: &result) }
    }
  }

  private static func apply(_ step: Step, to text: UnsafeRawBufferPointer, into result: inout [UInt8]) {
    result.removeAll(keepingCapacity: true)
    switch step {
    case .map(let map): map.apply(to: text, into: &result)
    case .replace(let pattern, let content): replace(pattern, content, text, &result)
    case .replaceSpaces(let content): replaceSpaces(content, text, &result)
    case .lowercase(let rules): lowercase(rules, text, &result)
    case .strip(let left, let right):
      let start = left ? WhiteSpace.endOfSpace(from: 0, in: text) : 0
      let end = right ? WhiteSpace.startOfSpace(before: text.count, in: text) : text.count
      if start < end { result.append(contentsOf: text[start..<end]) }
    case .prepend(let prefix):
      if !text.isEmpty { result.append(contentsOf: prefix) }
      result.append(contentsOf: text)
    }
  }

  private static func replace(
    _ pattern: [UInt8], _ content: [UInt8], _ text: UnsafeRawBufferPointer, _ result: inout [UInt8]
  ) {
    var place = 0
    while place < text.count {
      if text[place] == pattern[0], text[place...].starts(with: pattern) {
        result.append(contentsOf: content)
        place += pattern.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
  }

  private static func replaceSpaces(
    _ content: [UInt8], _ text: UnsafeRawBufferPointer, _ result: inout [UInt8]
  ) {
    var place = 0
    while place < text.count {
      var end = place
      while end < text.count, text[end] == 0x20 { end += 1 }
      if end - place >= 2 {
        result.append(contentsOf: content)
        place = end
      } else {
        result.append(text[place])
        place += 1
      }
    }
  }

  private static func lowercase(
    _ rules: CharacterRules, _ text: UnsafeRawBufferPointer, _ result: inout [UInt8]
  ) {
    var place = 0
    while place < text.count {
      let byte = text[place]
      if byte < 0x80 {
        result.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        place += 1
        continue
      }
      let count = UTF8Text.byteCount(byte)
      let (action, payload) = rules.action(of: UTF8Text.scalar(at: place, count, in: text))
      if action == .replace {
        result.append(contentsOf: rules.replacements[CharacterRules.range(of: payload)])
      } else {
        result.append(contentsOf: text[place..<(place + count)])
      }
      place += count
    }
  }
}
