/// The word that a tokenizer is reading, normalised: its bytes, and the marks at its end that are not in order yet.
struct WordBuffer: ~Copyable {
  private(set) var bytes: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0
  /// Scalars of the word, those that are not kept included.
  private(set) var scalarCount = 0
  /// A word with more scalars is not kept: it is an unknown one in any case.
  private let scalarLimit: Int
  /// Marks at the end with their combining classes, from bit 32 on.
  private var marks: [UInt64] = []

  init(scalarLimit: Int) {
    self.scalarLimit = scalarLimit
    capacity = 512
    bytes = .allocate(capacity: capacity)
  }

  deinit { bytes.deallocate() }

  /// Whether the word has more scalars than are kept.
  var isOverlong: Bool { scalarCount > scalarLimit }

  /// Forgets the word. What is before it must have been used.
  @inline(__always)
  mutating func removeAll() {
    count = 0
    scalarCount = 0
  }

  /// Appends an ASCII character.
  @inline(__always)
  mutating func append(_ byte: UInt8) {
    if !marks.isEmpty { appendMarks() }
    if scalarCount < scalarLimit {
      if count == capacity { grow() }
      bytes[count] = byte
      count &+= 1
    }
    scalarCount &+= 1
  }

  /// Appends the UTF-8 of one scalar or of several.
  @inline(__always)
  mutating func append(_ part: UnsafeRawBufferPointer) {
    if !marks.isEmpty { appendMarks() }
    for byte in part {
      if byte & 0xC0 != 0x80 { scalarCount &+= 1 }
      guard scalarCount <= scalarLimit else { continue }
      if count == capacity { grow() }
      bytes[count] = byte
      count &+= 1
    }
  }

  /// Appends a scalar.
  mutating func append(scalar: UInt32) {
    guard let scalar = UnicodeScalar(scalar) else { return }
    UTF8.encode(scalar, into: { byte in withUnsafeBytes(of: byte) { appendByte($0[0]) } })
  }

  private mutating func appendByte(_ byte: UInt8) {
    if byte & 0xC0 != 0x80 { scalarCount &+= 1 }
    guard scalarCount <= scalarLimit else { return }
    if count == capacity { grow() }
    bytes[count] = byte
    count &+= 1
  }

  /// Appends a mark, in order of combining classes among those that stand in a row.
  mutating func append(mark: UInt32, order: UInt32) {
    if scalarCount + marks.count > scalarLimit {
      scalarCount &+= 1
    } else {
      marks.append(UInt64(order) << 32 | UInt64(mark))
    }
  }

  /// Ends a row of marks: others do not move across what comes next.
  @inline(__always)
  mutating func endMarks() {
    if !marks.isEmpty { appendMarks() }
  }

  @inline(never)
  private mutating func appendMarks() {
    let sorted = marks.enumerated().sorted { left, right in
      (left.element >> 32, left.offset) < (right.element >> 32, right.offset)
    }
    marks.removeAll(keepingCapacity: true)
    for (_, mark) in sorted { append(scalar: UInt32(truncatingIfNeeded: mark)) }
  }

  @inline(never)
  private mutating func grow() {
    let old = bytes
    bytes = .allocate(capacity: capacity * 2)
    bytes.update(from: old, count: count)
    capacity *= 2
    old.deallocate()
  }
}
