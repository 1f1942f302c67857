import Basics
import Testing

@testable import Values

@Suite struct TimestampTests {
  private func parse(_ text: String) -> Int64? { Array(text.utf8).withUnsafeBytes(parseTime) }

  @Test func isoTimes() {
    let golden: [(String, Int64)] = [
      ("1970-01-01", 0), ("2010-12-01T08:26:00", 1_291_191_960_000),
      ("2010-12-01T08:26:00Z", 1_291_191_960_000),
      ("2010-12-01 08:26", 1_291_191_960_000), ("2010-12-01t08:26:00z", 1_291_191_960_000),
      ("2010-12-01T08:26:00.5", 1_291_191_960_500), ("2010-12-01T08:26:00.123456Z", 1_291_191_960_123),
      ("2010-12-01T08:26:00,1236Z", 1_291_191_960_124), ("2010-12-01T09:26:00+01:00", 1_291_191_960_000),
      ("2010-12-01T09:26:00+0100", 1_291_191_960_000), ("2010-12-01T02:56:00-05:30", 1_291_191_960_000),
      ("2010-12-01T03:26:00-05", 1_291_191_960_000), (" 2010-12-01 ", 1_291_161_600_000),
      ("2000-02-29", 951_782_400_000), ("1969-12-31T23:59:59.999Z", -1), ("0001-01-01", -62_135_596_800_000),
      ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("1999-12-31T23:59:59.9996", 946_684_800_000),
    ]
    for (text, time) in golden { #expect(parse(text) == time, "\(text)") }
  }

  @Test func numbers() {
    let golden: [(String, Int64)] = [
      ("0", 0), ("1", 1000), ("2", 2000), ("1291191960", 1_291_191_960_000),
      ("1291191960.123", 1_291_191_960_123),
      ("1291191960123", 1_291_191_960_123), ("-1.5", -1500), ("1.2911919601234e9", 1_291_191_960_123),
      ("100000000000", 100_000_000_000_000), ("100000000001", 100_000_000_001), ("20101201", 20_101_201_000),
    ]
    for (text, time) in golden { #expect(parse(text) == time, "\(text)") }
  }

  @Test(arguments: [
    "", "yesterday", "2010-13-01", "2010-00-01", "2010-02-30", "2009-02-29", "1900-02-29", "2010-04-31",
    "2010-12-00", "2010-12-01T24:00:00", "2010-12-01T23:60:00", "2010-12-01T23:59:60", "2010-12-01T",
    "2010-12-01Z",
    "2010-12-01T08", "2010-12-01T08:26:00.", "2010-12-01T08:26:00+1", "2010-12-01T08:26:00+24:00",
    "2010-12-01T08:26:00+01:60", "2010-12-01T08:26:00Zx", "2010-12-1", "10-12-01", "2010/12/01", "01.12.2010",
    "0000-01-01", "NaN", "1e300", "1291191960123456", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59.9999",
    "2010-12-01  08:26", "20a0-12-01",
  ])
  func everythingElseIsNone(text: String) {
    #expect(parse(text) == nil)
  }

  @Test func everyDayOfEightCenturiesFollowsTheOneBefore() {
    var (year, month, day) = (Int64(1600), Int64(1), Int64(1))
    let first = Calendar.day(year: 1600, month: 1, day: 1)
    #expect(first == -135_140)
    for number in first..<first + 292_194 {
      guard Calendar.day(year: year, month: month, day: day) == number,
        Calendar.civil(fromDay: number) == (year, month, day)
      else {
        Issue.record("day \(number) should be \(year)-\(month)-\(day)")
        return
      }
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      if day > lengths[Int(month) - 1] { (month, day) = (month + 1, 1) }
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    #expect(year == 2400)
  }

  @Test func formattedTimes() {
    #expect(formatTime(1_291_191_960_000) == "2010-12-01T08:26:00Z")
    #expect(formatTime(1_291_191_960_007) == "2010-12-01T08:26:00.007Z")
    #expect(formatTime(-1) == "1969-12-31T23:59:59.999Z")
    #expect(formatTime(253_402_300_800_000) == "+010000-01-01T00:00:00Z")
    #expect(formatTime(-62_167_219_200_001) == "-000001-12-31T23:59:59.999Z")
    #expect(formatTime(.max) == "+292278994-08-17T07:12:55.807Z")
    #expect(formatTime(.min) == "-292275055-05-16T16:47:04.192Z")
  }

  @Test func formattedTimesReadBack() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<5000 {
      let time = Int64.random(in: Calendar.earliest...Calendar.latest, using: &generator)
      #expect(parse(formatTime(time)) == time, "\(generator)")
    }
  }

  /// Arithmetic with the times that may be stored ended the process.
  @Test func arithmeticEndsAtTheFirstAndTheLastTime() {
    let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
    #expect(last + .milliseconds(1) == last && first - .milliseconds(1) == first)
    #expect(first + .seconds(Int64.max) == last && last - .seconds(Int64.max) == first)
    #expect(last - .seconds(Int64.min) == last && first + .seconds(Int64.min) == first)
    #expect(first + (last - first) == last && last - (last - first) == first)
    let time = Timestamp(milliseconds: -1_500)
    #expect(time + .milliseconds(-1_500) == Timestamp(milliseconds: -3_000))
    #expect(time - .seconds(-2) == Timestamp(milliseconds: 500))
    #expect(Timestamp(milliseconds: 1_250) - time == .milliseconds(2_750))
    #expect(time - Timestamp(milliseconds: 1_250) == .milliseconds(-2_750))
  }
}
