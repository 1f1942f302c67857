/// One pass over an ISO 8601 date or date and time.
struct ISOTime {
  private let text: UnsafeRawBufferPointer
  private var index = 0

  init(_ text: UnsafeRawBufferPointer) {
    self.text = text
  }

  private var current: UInt8 { index < text.count ? text[index] : 0 }

  /// The instant in milliseconds since 1970 UTC, or nil unless the whole text is one.
  consuming func milliseconds() -> Int64? {
    guard let year = digits(4), year >= 1, skip("-"), let month = digits(2), (1...12).contains(month),
      skip("-"), let day = digits(2), day >= 1, day <= Calendar.dayCount(year: year, month: month)
    else { return nil }
    var result = Calendar.day(year: year, month: month, day: day) * Calendar.millisecondsPerDay
    if index < text.count {
      guard skip("T") || skip("t") || skip(" "), let time = timeOfDay(), let offset = zone(),
        index == text.count
      else { return nil }
      result += time - offset
    }
    return result >= Calendar.earliest && result <= Calendar.latest ? result : nil
  }

  /// Milliseconds since midnight of `hh:mm[:ss[.fraction]]`.
  private mutating func timeOfDay() -> Int64? {
    guard let hour = digits(2), hour <= 23, skip(":"), let minute = digits(2), minute <= 59 else {
      return nil
    }
    var result = (hour * 60 + minute) * 60_000
    guard skip(":") else { return result }
    guard let second = digits(2), second <= 59 else { return nil }
    result += second * 1000
    guard skip(".") || skip(",") else { return result }
    guard let fraction = fraction() else { return nil }
    return result + fraction
  }

  /// Milliseconds of the decimals of a second, rounded; at least one digit.
  private mutating func fraction() -> Int64? {
    let begin = index
    var result: Int64 = 0
    while case let digit = current &- UInt8(ascii: "0"), digit < 10 {
      switch index - begin {
      case 0..<3: result = result * 10 + Int64(digit)
      case 3: if digit >= 5 { result += 1 }
      default: break
      }
      index += 1
    }
    switch index - begin {
    case 0: return nil
    case 1: return result * 100
    case 2: return result * 10
    default: return result
    }
  }

  /// Milliseconds east of UTC of nothing, `Z`, `±hh`, `±hhmm` or `±hh:mm`, also behind a blank; behind one `UTC` too,
  /// as BigQuery and Rails write it.
  private mutating func zone() -> Int64? {
    if index == text.count { return 0 }
    let hasBlank = skip(" ")
    if skip("Z") || skip("z") { return 0 }
    if hasBlank, skip("U") { return skip("T") && skip("C") ? 0 : nil }
    let isWest = current == UInt8(ascii: "-")
    guard skip("+") || skip("-"), let hour = digits(2), hour <= 23 else { return nil }
    var minute: Int64 = 0
    if index < text.count {
      _ = skip(":")
      guard let given = digits(2), given <= 59 else { return nil }
      minute = given
    }
    let offset = (hour * 60 + minute) * 60_000
    return isWest ? -offset : offset
  }

  /// The number of exactly `count` digits at the index.
  private mutating func digits(_ count: Int) -> Int64? {
    guard index + count <= text.count else { return nil }
    var result: Int64 = 0
    for offset in 0..<count {
      let digit = text[index + offset] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      result = result * 10 + Int64(digit)
    }
    index += count
    return result
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
    index += 1
    return true
  }
}
