import Values
import Testing

/// Values that encode themselves become attribute values, and come back.
@Suite struct AttributeCodingTests {
  private struct Size: Codable, Equatable {
    var width: Double
    var weight: Float
    var tags: [String]
    var counts: [String: Int]
    var gaps: [Int?]
  }

  private enum Colour: String, Codable { case red }

  private enum Part: Codable, Equatable {
    case handle(Int)
    case lid(name: String)
  }

  private struct Product: Codable, Equatable {
    var id = "p1"
    var title = "Red bag"
    var price = 3.25
    var stock: UInt16 = 4
    var brand: String?
    var isHidden = false
    var size = Size(width: 1.5, weight: 1.1, tags: ["a", "b"], counts: ["x": 1], gaps: [1, nil])
    var colour = Colour.red
    var parts = [Part.handle(1), .lid(name: "q")]
    var large: UInt64 = 1 << 62 + 1
    var sizes: [Size] = []
    var any = AttributeValue.object(["x": 1])
    var none: Int? = 0

    enum CodingKeys: String, CodingKey {
      case id, title = "Title", price, stock, brand, isHidden, size, colour, parts, large, sizes, any, none
    }
  }

  @Test func valuesComeBack() throws {
    for product in [Product(), Product(brand: "Acme", sizes: [Product().size, Product().size])] {
      let value = try AttributeEncoder.encode(product)
      #expect(try AttributeDecoder.decode(Product.self, from: value) == product)
    }
    let members = try #require(try AttributeEncoder.encode(Product()).objectValue)
    #expect(members["price"] == 3.25 && members["stock"] == 4 && members["colour"] == "red")
    // nil is absent, not null.
    #expect(members["brand"] == nil && members["none"] == 0)
    #expect(members["large"]?.intValue == 1 << 62 + 1)
    #expect(try AttributeEncoder.encode([1, 2]) == .integers([1, 2]))
  }

  @Test func whatDoesNotFitIsAnError() throws {
    #expect(throws: EncodingError.self) { try AttributeEncoder.encode(UInt64.max) }
    #expect(throws: DecodingError.self) { try AttributeDecoder.decode(UInt8.self, from: 256) }
    #expect(throws: DecodingError.self) { try AttributeDecoder.decode(Int.self, from: 1.5) }
    #expect(throws: DecodingError.self) { try AttributeDecoder.decode([Int].self, from: "a") }
    #expect(throws: DecodingError.self) { try AttributeDecoder.decode(Product.self, from: .object([:])) }
  }

  @Test func accessorsGiveOneTypeEach() {
    #expect(("a" as AttributeValue).stringValue == "a" && (1 as AttributeValue).stringValue == nil)
    #expect((1.5 as AttributeValue).doubleValue == 1.5 && (1.5 as AttributeValue).intValue == nil)
    #expect(AttributeValue.integer(1 << 60).intValue == 1 << 60 && (7 as AttributeValue).intValue == 7)
    #expect((true as AttributeValue).boolValue == true && (1 as AttributeValue).boolValue == nil)
    #expect(AttributeValue.strings(["a"]).arrayValue == ["a"])
    #expect(AttributeValue.integers([1, 1 << 60]).arrayValue == [1, .integer(1 << 60)])
    #expect(AttributeValue.object(["w": 1]).objectValue == ["w": 1] && AttributeValue.null.arrayValue == nil)
  }
}
