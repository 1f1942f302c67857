import Platform

/// One pass over the unread bytes that finds the fields of one delimited row.
///
/// It relies on the LF that `TextBuffer` keeps behind the last byte: meeting that one means that the row
/// is not complete yet, or, at the end of the stream, that it ends here.
struct RowScan {
  enum Result {
    case row
    case incomplete
    case malformed(BadRow.Reason)
  }

  private let base: UnsafeRawPointer
  private let begin: Int
  private let limit: Int
  private let isAtEnd: Bool
  private let delimiter: UInt8
  /// The quote, or a number that no byte has.
  private let quote: UInt16
  private let endsLinesAtReturn: Bool
  private let fields: UnsafeMutablePointer<UnsafeRawBufferPointer>
  private let capacity: Int

  /// Fields found, also those beyond `capacity`, which are counted but not kept.
  private(set) var count = 0
  /// One behind the row's last byte, the return of a CRLF included.
  private(set) var end = 0
  /// Where the next row begins.
  private(set) var next = 0
  /// Where a malformed row went wrong.
  private(set) var position = 0
  /// Whether any field was quoted.
  private(set) var hasQuotes = false
  /// False only if every byte of the row is ASCII.
  private(set) var mayHaveHighBytes = false

  init(
    buffer: TextBuffer, dialect: DelimitedDialect, fields: UnsafeMutablePointer<UnsafeRawBufferPointer>,
    capacity: Int
  ) {
    base = UnsafeRawPointer(buffer.base)
    begin = buffer.start
    limit = buffer.end
    isAtEnd = buffer.isAtEnd
    delimiter = dialect.delimiter
    quote = dialect.hasQuotes ? 0x22 : .max
    endsLinesAtReturn = buffer.endsLinesAtReturn
    self.fields = fields
    self.capacity = capacity
  }

  /// Whether the row is an empty line.
  var isBlank: Bool { end == begin || (end == begin + 1 && base[begin] == 0x0d) }

  /// Scans the row at the start of the unread bytes; indices of fields with `""` are added to `escaped`.
  mutating func run(escaped: inout [Int]) -> Result {
    let delimiterPattern = ByteMatching.pattern(delimiter)
    let newlinePattern = ByteMatching.pattern(0x0a)
    let returnPattern = ByteMatching.pattern(0x0d)
    var highBytes: UInt64 = 0
    var fieldStart = begin
    var offset = begin
    scanning: while true {
      if UInt16(base[fieldStart]) == quote, fieldStart < limit, offset == fieldStart {
        switch quotedField(at: fieldStart, escaped: &escaped) {
        case .field(let following):
          fieldStart = following
          offset = following
          continue scanning
        case .last: return .row
        case .incomplete: return .incomplete
        case .malformed(let reason): return .malformed(reason)
        }
      }
      let word = ByteMatching.load(base, offset)
      highBytes |= word
      var mask =
        ByteMatching.equal(word, delimiterPattern) | ByteMatching.equal(word, newlinePattern)
      if endsLinesAtReturn { mask |= ByteMatching.equal(word, returnPattern) }
      while mask != 0 {
        let at = offset &+ ByteMatching.firstIndex(mask)
        mask &= mask &- 1
        if base[at] != delimiter {
          if at >= limit, !isAtEnd { return .incomplete }
          mayHaveHighBytes = mayHaveHighBytes || highBytes & ByteMatching.highBits != 0
          let hasReturn = at > fieldStart && base[at &- 1] == 0x0d
          keep(fieldStart, at &- (hasReturn ? 1 : 0))
          return endRow(at) ? .row : .incomplete
        }
        keep(fieldStart, at)
        fieldStart = at &+ 1
        if UInt16(base[fieldStart]) == quote {
          offset = fieldStart
          continue scanning
        }
      }
      offset &+= 8
    }
  }

  @inline(__always)
  private mutating func keep(_ from: Int, _ to: Int) {
    if count < capacity {
      fields[count] = UnsafeRawBufferPointer(start: base + from, count: to &- from)
    }
    count &+= 1
  }

  private enum Quoted {
    /// The next field begins here.
    case field(Int)
    /// It was the last field of the row.
    case last
    case incomplete
    case malformed(BadRow.Reason)
  }

  /// Scans the quoted field whose opening quote is at `opening`.
  private mutating func quotedField(at opening: Int, escaped: inout [Int]) -> Quoted {
    hasQuotes = true
    mayHaveHighBytes = true
    var hasEscape = false
    var from = opening + 1
    while true {
      guard let found = memchr(base + from, 0x22, limit - from) else {
        position = opening
        return isAtEnd ? .malformed(.unterminatedQuote) : .incomplete
      }
      let quote = UnsafeRawPointer(found) - base
      let following = quote + 1
      if following < limit, base[following] == 0x22 {
        hasEscape = true
        from = following + 1
        continue
      }
      if hasEscape, count < capacity { escaped.append(count) }
      keep(opening + 1, quote)
      return afterQuote(following)
    }
  }

  /// Decides what stands at `following`, right behind a closing quote.
  private mutating func afterQuote(_ following: Int) -> Quoted {
    if following < limit, base[following] == delimiter { return .field(following + 1) }
    var lineEnd = following
    if following < limit, base[following] == 0x0d { lineEnd += 1 }
    if lineEnd >= limit, !isAtEnd { return .incomplete }
    if endsLinesAtReturn, lineEnd > following { return endRow(following) ? .last : .incomplete }
    guard base[lineEnd] == 0x0a else {
      position = following
      return .malformed(.textAfterQuote)
    }
    return endRow(lineEnd) ? .last : .incomplete
  }

  /// Ends the row at the CR or LF at `at`; false if the byte behind a CR must be known first.
  @inline(__always)
  private mutating func endRow(_ at: Int) -> Bool {
    end = at
    next = min(at &+ 1, limit)
    if endsLinesAtReturn, at < limit, base[at] == 0x0d {
      if next == limit { return isAtEnd }
      if base[next] == 0x0a { next &+= 1 }
    }
    return true
  }
}
