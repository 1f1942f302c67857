/// `text` with the entities of HTML (`&amp;`, `&#39;`, `&#x27;`, `&eacute;` …) as the characters they stand for.
///
/// Each is taken once: `&amp;lt;` is `&lt;`. What is no entity known here stays as it is.
package func decodingHTML(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
  var result = String.UnicodeScalarView()
  var rest = text.unicodeScalars[...]
  while let scalar = rest.popFirst() {
    if scalar == "&", let (decoded, following) = entity(at: rest) {
      result.append(decoded)
      rest = following
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}

/// The character of the entity whose `&` stands in front of `rest`, and what follows its semicolon.
private func entity(at rest: Substring.UnicodeScalarView) -> (Unicode.Scalar, Substring.UnicodeScalarView)? {
  guard let end = rest.prefix(longestName + 1).firstIndex(of: ";") else { return nil }
  let following = rest[rest.index(after: end)...]
  var name = String(rest[..<end])
  if name.hasPrefix("#") {
    name.removeFirst()
    let isHexadecimal = name.hasPrefix("x") || name.hasPrefix("X")
    let digits = isHexadecimal ? String(name.dropFirst()) : name
    guard digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
      let code = UInt32(digits, radix: isHexadecimal ? 16 : 10), code >= 0x20,
      let scalar = Unicode.Scalar(code)
    else { return nil }
    return (scalar, following)
  }
  return entities[name].map { ($0, following) }
}

private let longestName = 8

/// Those of XML and of Latin-1, and signs that shops' texts have.
private let entities: [String: Unicode.Scalar] = {
  var found: [String: Unicode.Scalar] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "OElig": "\u{152}", "oelig": "\u{153}",
    "Scaron": "\u{160}", "scaron": "\u{161}", "ndash": "\u{2013}", "mdash": "\u{2014}", "lsquo": "\u{2018}",
    "rsquo": "\u{2019}", "sbquo": "\u{201a}", "ldquo": "\u{201c}", "rdquo": "\u{201d}", "bdquo": "\u{201e}",
    "bull": "\u{2022}", "hellip": "\u{2026}", "euro": "\u{20ac}", "trade": "\u{2122}", "ensp": "\u{2002}",
    "emsp": "\u{2003}", "thinsp": "\u{2009}", "lsaquo": "\u{2039}", "rsaquo": "\u{203a}",
  ]
  // U+00A0 to U+00FF, in order.
  let latin = """
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro \
    para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil \
    Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml \
    igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute \
    thorn yuml
    """
  for (code, name) in zip(UInt32(0xa0)..., latin.split(separator: " ")) {
    found[String(name)] = Unicode.Scalar(code)
  }
  return found
}()
