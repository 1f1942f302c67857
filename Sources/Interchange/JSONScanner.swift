import Basics

/// A strict single-pass reader of JSON (RFC 8259) over bytes that are known to be UTF-8.
///
/// Refused, beside broken grammar: duplicate keys, numbers beyond `Double`, lone surrogates, control
/// characters in strings, nesting and counts above the limits.
struct JSONScanner {
  let base: UnsafeRawPointer
  let count: Int
  let limits: JSONLimits
  var position = 0
  private var valueCount = 0
  /// Memory for strings with escapes, kept between them.
  var unescaped: [UInt8] = []

  /// A scanner at the front of `bytes`, which stay valid while it is used.
  init(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
    // An empty buffer may lack an address; nothing is ever loaded then.
    base = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    count = bytes.count
    self.limits = limits
  }

  /// The byte at the position; 0, which starts nothing in JSON, at the end.
  @inline(__always)
  var current: UInt8 { position < count ? base[position] : 0 }

  /// A fault at the position: cut short if the text ends there, unexpected otherwise.
  func unexpected(_ expected: StaticString) -> JSONFault {
    position >= count
      ? JSONFault(.truncatedJSON, count, .end)
      : JSONFault(.invalidJSON, position, .unexpected(expected: expected))
  }

  @inline(__always)
  mutating func skipBlanks() {
    while position < count {
      let byte = base[position]
      guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { return }
      position &+= 1
    }
  }

  /// Steps over `byte`, or faults.
  @inline(__always)
  mutating func expect(_ byte: UInt8, _ name: StaticString) throws(JSONFault) {
    guard current == byte, position < count else { throw unexpected(name) }
    position &+= 1
  }

  /// The one value that fills the whole text.
  mutating func document() throws(JSONFault) -> JSONValue {
    let value = try value(depth: 0)
    try end()
    return value
  }

  /// Faults unless nothing but blanks is left.
  mutating func end() throws(JSONFault) {
    skipBlanks()
    guard position == count else { throw unexpected("the end of the text") }
  }

  /// Counts one more value against the limit.
  @inline(__always)
  mutating func countValue() throws(JSONFault) {
    valueCount &+= 1
    guard valueCount <= limits.valueCount else {
      throw JSONFault(.tooManyValues, position, .count(limits.valueCount))
    }
  }

  /// The value at the position, blanks before it skipped; `depth` containers are open around it.
  mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
    try countValue()
    skipBlanks()
    switch current {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "t"):
      try literal("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try literal("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try literal("null")
      return .null
    case UInt8(ascii: "N"), UInt8(ascii: "I"), UInt8(ascii: "+"), UInt8(ascii: "."):
      throw JSONFault(
        .badNumber, position, .unexpected(expected: "a value (JSON has no NaN, Infinity or '+')"))
    default: throw unexpected("a value")
    }
  }

  private mutating func literal(_ word: StaticString) throws(JSONFault) {
    let text = UnsafeRawPointer(word.utf8Start)
    for index in 0..<word.utf8CodeUnitCount {
      guard current == text[index] else { throw unexpected("true, false or null") }
      position &+= 1
    }
  }

  /// Faults if `depth` containers are one too many.
  func checkDepth(_ depth: Int) throws(JSONFault) {
    guard depth <= limits.depth else { throw JSONFault(.tooDeep, position, .depth(limits.depth)) }
  }

  private mutating func array(depth: Int) throws(JSONFault) -> [JSONValue] {
    try checkDepth(depth)
    position &+= 1
    var elements: [JSONValue] = []
    skipBlanks()
    if current == UInt8(ascii: "]") {
      position &+= 1
      return elements
    }
    while true {
      elements.append(try value(depth: depth))
      guard try hasNext(before: UInt8(ascii: "]"), "',' or ']'") else { return elements }
    }
  }

  /// Behind an element: steps over a comma (true) or the closing byte (false).
  @inline(__always)
  mutating func hasNext(before closing: UInt8, _ expected: StaticString) throws(JSONFault) -> Bool {
    skipBlanks()
    let byte = current
    if byte == UInt8(ascii: ",") {
      position &+= 1
      return true
    }
    guard byte == closing else { throw unexpected(expected) }
    position &+= 1
    return false
  }

  private mutating func object(depth: Int) throws(JSONFault) -> JSONObject {
    var members: [JSONObject.Member] = []
    var keys = JSONKeys()
    try forEachKey(depth: depth) { (scanner, key, offset) throws(JSONFault) in
      guard keys.insert(key, among: members) else {
        throw JSONFault(.duplicateKey, offset, .key(key))
      }
      members.append(JSONObject.Member(key: key, value: try scanner.value(depth: depth)))
    }
    return JSONObject(distinct: members)
  }

  /// Walks over the object at the position; `body` gets each key and its offset and reads its value.
  @inline(__always)
  mutating func forEachKey(
    depth: Int, _ body: (inout JSONScanner, String, Int) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    try checkDepth(depth)
    try expect(UInt8(ascii: "{"), "an object")
    skipBlanks()
    if current == UInt8(ascii: "}") {
      position &+= 1
      return
    }
    while true {
      skipBlanks()
      let offset = position
      guard current == UInt8(ascii: "\"") else { throw unexpected("a key in quotes") }
      let key = try string()
      skipBlanks()
      try expect(UInt8(ascii: ":"), "':'")
      try body(&self, key, offset)
      guard try hasNext(before: UInt8(ascii: "}"), "',' or '}'") else { return }
    }
  }
}

/// Finds a key that stands twice in an object: by looking through few, by hashing among many.
struct JSONKeys {
  /// Per place of an open-addressing table: 32 bits of the key's hash and the index of its member plus 1; 0 is free.
  private var slots: [UInt64] = []
  private static let linearCount = 16
  /// Differs from run to run, so that no file can be made whose keys fall on one place.
  private static let seed = UInt64.random(in: .min ... .max)

  /// Notes `key`, which will be the next member; false if it is among the members already.
  mutating func insert(_ key: String, among members: [JSONObject.Member]) -> Bool {
    if members.count < Self.linearCount {
      return !members.contains { $0.key.isExactly(key) }
    }
    if members.count * 2 >= slots.count {
      slots = [UInt64](repeating: 0, count: max(64, slots.count * 4))
      for (index, member) in members.enumerated() { _ = place(member.key, index, members) }
    }
    return place(key, members.count, members)
  }

  /// Puts the key of the member `index` into the table, unless it is there.
  private mutating func place(_ key: String, _ index: Int, _ members: [JSONObject.Member]) -> Bool {
    let hash = key.withBytes(Self.hash)
    var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[place] != 0 {
      let other = Int(truncatingIfNeeded: slots[place] & 0xFFFF_FFFF) - 1
      if slots[place] >> 32 == hash >> 32, members[other].key.isExactly(key) { return false }
      place = (place + 1) & (slots.count - 1)
    }
    slots[place] = hash & ~0xFFFF_FFFF | UInt64(index + 1)
    return true
  }

  /// A hash of 64 bits, eight bytes a step: each is multiplied to 128 bits, whose halves are joined.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = seed ^ UInt64(bytes.count)
    var rest = bytes[...]
    while rest.count >= 8 {
      hash = mix(hash, rest.loadUnaligned(as: UInt64.self))
      rest = rest.dropFirst(8)
    }
    return mix(hash, rest.reduce(0) { $0 << 8 | UInt64($1) } | 1 << 63)
  }

  @inline(__always)
  private static func mix(_ hash: UInt64, _ word: UInt64) -> UInt64 {
    let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15 ^ seed | 1)
    return product.high ^ product.low ^ seed &<< 1
  }
}
