import Basics

/// The instant that `bytes` write, in milliseconds since 1970-01-01T00:00:00 UTC, or nil if they write none.
///
/// Either ISO 8601: `2010-12-01`, `2010-12-01T08:26`, `2010-12-01 08:26:00.123+01:00`, a zone or `UTC` also behind a
/// blank; without a zone it is UTC; more than three decimals are rounded. Or a number: epoch seconds, kept to the
/// millisecond, or, if its magnitude is above 10^11, milliseconds already. Years 0001 to 9999 only; dates that do not
/// exist (Feb 30, 24:00, second 60) are nil, and so are numbers outside those years (microseconds, for instance).
/// - Complexity: O(count), without an allocation.
package func parseTime(_ bytes: UnsafeRawBufferPointer) -> Int64? {
  let text = trimmed(bytes)
  // A year and a hyphen: no number looks like that.
  if text.count >= 10, text[4] == UInt8(ascii: "-") { return ISOTime(text).milliseconds() }
  guard let number = parseNumber(text) else { return nil }
  return milliseconds(ofEpoch: number)
}

/// The instant of an epoch number in milliseconds since 1970: seconds, or, above 10^11, milliseconds.
/// Nil outside the years 0001 to 9999 and for what is not finite.
package func milliseconds(ofEpoch number: Double) -> Int64? {
  let scaled = (abs(number) > 1e11 ? number : number * 1000).rounded()
  guard scaled >= Double(Calendar.earliest), scaled <= Double(Calendar.latest) else { return nil }
  return Int64(scaled)
}

/// `milliseconds` since 1970 UTC as `2010-12-01T08:26:00Z`, with `.mmm` only if there are any.
///
/// Total: years outside 0000 to 9999 get a sign and at least six digits, as ISO 8601 writes them.
package func formatTime(_ milliseconds: Int64) -> String {
  let (day, inDay) = Calendar.flooredDivision(milliseconds, Calendar.millisecondsPerDay)
  let date = Calendar.civil(fromDay: day)
  var text = [UInt8]()
  text.reserveCapacity(32)
  func append(_ value: Int64, _ width: Int) {
    let digits = String(value)
    for _ in digits.utf8.count..<max(width, digits.utf8.count) { text.append(UInt8(ascii: "0")) }
    text.append(contentsOf: digits.utf8)
  }
  if (0...9999).contains(date.year) {
    append(date.year, 4)
  } else {
    text.append(date.year < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
    append(abs(date.year), 6)
  }
  text.append(UInt8(ascii: "-"))
  append(date.month, 2)
  text.append(UInt8(ascii: "-"))
  append(date.day, 2)
  text.append(UInt8(ascii: "T"))
  append(inDay / 3_600_000, 2)
  text.append(UInt8(ascii: ":"))
  append(inDay / 60_000 % 60, 2)
  text.append(UInt8(ascii: ":"))
  append(inDay / 1000 % 60, 2)
  if inDay % 1000 != 0 {
    text.append(UInt8(ascii: "."))
    append(inDay % 1000, 3)
  }
  text.append(UInt8(ascii: "Z"))
  return String(decoding: text, as: UTF8.self)
}

/// The proleptic Gregorian calendar in whole days. A year is counted from March, so that the leap day is its
/// last one and the months before it follow one linear rule.
enum Calendar {
  static let millisecondsPerDay: Int64 = 86_400_000
  /// 0001-01-01T00:00:00Z.
  static let earliest: Int64 = -62_135_596_800_000
  /// 9999-12-31T23:59:59.999Z.
  static let latest: Int64 = 253_402_300_799_999

  /// Days from 1970-01-01 to a date that exists.
  static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month > 2 ? year : year - 1
    let (era, yearOfEra) = flooredDivision(marchYear, 400)
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The date that lies `day` days from 1970-01-01.
  static func civil(fromDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let (era, dayOfEra) = flooredDivision(day + 719_468, 146_097)
    let leapDaysBefore = dayOfEra / 1460 - dayOfEra / 36_524 + dayOfEra / 146_096
    let yearOfEra = (dayOfEra - leapDaysBefore) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (
      era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    )
  }

  /// How many days `month` of `year` has.
  static func dayCount(year: Int64, month: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Quotient toward negative infinity and the remainder, which is never negative; `divisor` is positive.
  static func flooredDivision(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
