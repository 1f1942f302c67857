/// Maps Unicode scalars to the scalars that words are made of: lower case, without accents.
enum TextFolding {
  /// What one scalar of text becomes.
  enum Outcome {
    /// A letter or digit of a word.
    case letter(UInt32)
    /// Two letters, for ligatures such as "æ".
    case letters(UInt32, UInt32)
    /// A letter that is a word of its own (scripts written without spaces).
    case ideograph(UInt32)
    /// Nothing: accents and apostrophes do not break a word.
    case dropped
    /// The end of a word.
    case separator
  }

  /// The outcome of one scalar. O(1).
  @inline(__always)
  static func fold(_ scalar: UInt32) -> Outcome {
    if scalar < 128 {
      let folded = ascii.utf8Start[Int(scalar)]
      if folded > 0x2F { return .letter(UInt32(folded)) }
      return folded == 0x27 ? .dropped : .separator
    }
    return foldBeyondASCII(scalar)
  }

  @inline(never)
  private static func foldBeyondASCII(_ scalar: UInt32) -> Outcome {
    switch scalar {
    case 0xC0...0x24F: return foldLatin(scalar, latin.utf8Start[Int(scalar - 0xC0)])
    case 0x1E00...0x1EFF: return foldLatin(scalar, latinAdditional.utf8Start[Int(scalar - 0x1E00)])
    case 0x300...0x36F, 0x2BC, 0x2019, 0x200B...0x200D, 0xAD, 0xFE00...0xFE0F: return .dropped
    case 0xFF01...0xFF5E: return fold(scalar - 0xFEE0)  // full-width forms of ASCII
    // Kana, ideographs: each is a word, so that pairs of neighbors become the word pairs of the encoder.
    case 0x3041...0x30FF where scalar != 0x30FB, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
      0x20000...0x323AF:
      return .ideograph(scalar)
    default: return foldOther(scalar)
    }
  }

  private static func foldLatin(_ scalar: UInt32, _ folded: UInt8) -> Outcome {
    switch folded {
    case 0x20: return .separator
    case 0x2B: return foldLigature(scalar)
    case 0x2D: return foldOther(scalar)
    default: return .letter(UInt32(folded))
    }
  }

  private static func foldLigature(_ scalar: UInt32) -> Outcome {
    switch scalar {
    case 0xC6, 0xE6: .letters(0x61, 0x65)  // æ
    case 0x152, 0x153: .letters(0x6F, 0x65)  // œ
    case 0x132, 0x133: .letters(0x69, 0x6A)  // ij
    case 0xDE, 0xFE: .letters(0x74, 0x68)  // þ
    default: .letters(0x73, 0x73)  // ß
    }
  }

  /// Everything without a table: letters, marks and digits of any script in their plain lower case.
  private static func foldOther(_ value: UInt32) -> Outcome {
    guard let scalar = Unicode.Scalar(value) else { return .separator }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .titlecaseLetter:
      // Some capitals have a lower case of several scalars; the first is the letter, the rest its accents.
      return .letter(properties.lowercaseMapping.unicodeScalars.first?.value ?? value)
    case .lowercaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .decimalNumber,
      .letterNumber, .otherNumber:
      return .letter(value)
    default: return .separator
    }
  }

  /// By ASCII code: the letter or digit it becomes, an apostrophe for what is dropped, a dot for the rest.
  private static let ascii: StaticString = """
    .......................................'........0123456789.......abcdefghijklmnopqrstuvw\
    xyz.....'abcdefghijklmnopqrstuvwxyz.....
    """

  /// U+00C0 to U+024F by base letter; `+` two letters, `-` see `foldOther`, a space separates.
  private static let latin: StaticString = """
    aaaaaa+ceeeeiiiidnooooo ouuuuy++aaaaaa+ceeeeiiiidnooooo ouuuuy+yaaaaaaccccccccddddeeeeee\
    eeeegggggggghhhhiiiiiiiiii++jjkkkllllllllllnnnnnnnnnoooooo++rrrrrrssssssssttttttuuuuuuuu\
    uuuuwwyyyzzzzzzs--------------------------------oo-------------uu-----------------------\
    -----aaiioouuuuuuuuuu-aaaa----ggkkoooo--j---gg--nnaa----aaaaeeeeiiiioooorrrruuuusstt--hh\
    ------aaeeooooooooyy----------------------------
    """

  /// U+1E00 to U+1EFF, likewise.
  private static let latinAdditional: StaticString = """
    aabbbbbbccddddddddddeeeeeeeeeeffgghhhhhhhhhhiiiikkkkkkllllllllmmmmmmnnnnnnnnoooooooopppp\
    rrrrrrrrssssssssssttttttttuuuuuuuuuuvvvvwwwwwwwwwwxxxxyyzzzzzzhtwyas--+-aaaaaaaaaaaaaaaa\
    aaaaaaaaeeeeeeeeeeeeeeeeiiiioooooooooooooooooooooooouuuuuuuuuuuuuuyyyyyyyy------
    """
}
