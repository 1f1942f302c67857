import Foundation
import Testing
import Values

@Suite struct ByNameTests {
  /// A dictionary would take the two spellings of one accent for one name.
  @Test func codedFormsKeepNamesThatDifferInBytes() throws {
    var counts = ByName<Int>()
    counts["caf\u{E9}"] = 1
    counts["cafe\u{301}"] = 2
    let data = try JSONEncoder().encode(counts)
    #expect(try JSONDecoder().decode(ByName<Int>.self, from: data) == counts)
    #expect(String(decoding: data, as: UTF8.self).contains(#""value":2"#))
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(ByName<Int>.self, from: Data(#"{"a":1}"#.utf8))
    }
  }
}
