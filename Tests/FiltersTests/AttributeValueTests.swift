#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Testing

@testable import Filters

@Suite struct AttributeValueTests {
  @Test(arguments: [
    AttributeValue.null, .string("a\"b"), .number(1.5), .number(-3), .bool(true), .bool(false),
    .strings(["a", ""]),
    .integers([1, .max, .min]), .strings([]),
  ])
  func survivesCoding(value: AttributeValue) throws {
    let data = try JSONEncoder().encode([value])
    #expect(try JSONDecoder().decode([AttributeValue].self, from: data) == [value])
  }

  @Test func isCodedAsThePlainValue() throws {
    let values: [AttributeValue] = [nil, "a", true, .integers([1, 2])]
    let text = String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
    #expect(text == #"[null,"a",true,[1,2]]"#)
  }

  @Test(arguments: ["[{}]", "[[1,\"a\"]]", "[[1.5]]", "[[null]]"])
  func refusesOtherShapes(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([AttributeValue].self, from: Data(json.utf8))
    }
  }
}
