import Foundation
import Kindred
import KindredFoundation
import Testing

@Suite struct FoundationTests {
  @Test(arguments: [0, 1_700_000_000_123, -1, -62_135_596_800_000, 253_402_300_799_999] as [Int64])
  func datesComeBack(milliseconds: Int64) {
    let time = Timestamp(milliseconds: milliseconds)
    #expect(Timestamp(Date(time)) == time)
    #expect(abs(Date(time).timeIntervalSince1970 - Double(milliseconds) / 1_000) < 1e-4)
  }

  @Test func datesOutsideAreTheLastOnes() {
    #expect(Timestamp(Date(timeIntervalSince1970: 1e30)).milliseconds == .max)
    #expect(Timestamp(Date(timeIntervalSince1970: -1e30)).milliseconds == .min)
  }

  /// Errors read "The operation could not be completed. (Kindred.StoreError error 1.)".
  @Test func errorsSayWhatHappened() {
    let error: any Error = StoreError(code: .notFound, message: "no store at 'x'")
    #expect(error.localizedDescription == "no store at 'x'")
  }
}
