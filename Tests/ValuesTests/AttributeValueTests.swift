#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Testing

@testable import Values

@Suite struct AttributeValueTests {
  @Test(arguments: [
    AttributeValue.null, .string("a\"b"), .number(1.5), .number(-3), .bool(true), .bool(false),
    .strings(["a", ""]), .integer(.max), .integer(-9_007_199_254_740_993),
    .list([1.5, nil, "a", .list([true])]), .object(["w": 1.5, "deep": .object(["list": .list([nil])])]),
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

  @Test(arguments: [
    ("{}", AttributeValue.object([:])), ("[1,\"a\"]", .list([1, "a"])), ("[1.5]", .list([1.5])),
    ("[null]", .list([nil])), ("{\"a\":{\"b\":[true]}}", .object(["a": .object(["b": .list([true])])])),
    ("9007199254740993", .integer(9_007_199_254_740_993)),
    ("9007199254740992", .number(9_007_199_254_740_992)),
  ])
  func keepsEveryShape(json: String, value: AttributeValue) throws {
    #expect(try JSONDecoder().decode([AttributeValue].self, from: Data("[\(json)]".utf8)) == [value])
  }

  /// Events of items with differently composed ids were equal, though the store keeps them as two: a caller that looked
  /// for one among stored ones found the other.
  @Test func eventsAreEqualByteForByte() {
    let composed = Event(user: "u", item: "\u{e9}", time: Timestamp(milliseconds: 1), session: "\u{e9}")
    var other = composed
    other.item = "e\u{301}"
    #expect(composed.item == other.item && composed != other)
    #expect(Set([composed, other, composed]).count == 2)
    other = composed
    other.session = "e\u{301}"
    #expect(composed != other)
    other.session = nil
    #expect(composed != other)
    #expect(composed == Event(user: "u", item: "\u{e9}", time: Timestamp(milliseconds: 1), session: "\u{e9}"))
  }
}
