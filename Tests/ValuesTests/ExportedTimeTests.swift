import Testing

@testable import Values

/// Exports of BigQuery ("… UTC") and Rails ("… +0100") lost every event as "bad time": who came from there got an empty
/// store. It could happen because a zone was looked for right behind the seconds only.
@Suite struct ExportedTimeTests {
  private func time(_ text: String) -> Int64? {
    Array(text.utf8).withUnsafeBytes { parseTime($0) }
  }

  @Test(
    arguments: [
      "2010-12-01 08:26:00 UTC", "2010-12-01 08:26:00.000000 UTC", "2010-12-01 09:26:00 +0100",
      "2010-12-01 03:26:00 -05:00", "2010-12-01 08:26:00 Z", "2010-12-01 08:26 UTC",
      " 2010-12-01 08:26:00 UTC ",
    ])
  func aZoneMayStandBehindABlank(text: String) {
    #expect(time(text) == 1_291_191_960_000)
  }

  /// 24:00 and leap seconds name an instant of another day or minute: which one, the file does not say (decision 0021).
  @Test(
    arguments: [
      "2010-12-01 24:00:00", "2010-12-01 23:59:60", "2010-12-01 08:26:00  UTC", "2010-12-01 08:26:00 UT",
      "2010-12-01 08:26:00 CET", "2010-12-01 08:26:00UTC", "2010-12-01 08:26:00 UTC+1",
    ])
  func whatNamesNoInstantIsRefused(text: String) {
    #expect(time(text) == nil)
  }
}
