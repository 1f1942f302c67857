package import Values
package import Basics

/// What is stored of one item or one user.
///
/// Payload: `u8 flags · text id · [text] · varint count · count × (text name · value)`, with the flags 1 deleted,
/// 2 has text, 4 named by events.
package struct EntityRecord: Equatable, Sendable {
  package var id: String
  package var text: String?
  package var attributes: Attributes
  /// The record was deleted; its id stays, because events still name it.
  package var isDeleted: Bool
  /// Events name it, or did: its id must stay when it is deleted.
  package var isNamedByEvents: Bool

  package init(
    id: String, text: String? = nil, attributes: Attributes = [:], isDeleted: Bool = false,
    isNamedByEvents: Bool = false
  ) {
    self.id = id
    self.text = text
    self.attributes = attributes
    self.isDeleted = isDeleted
    self.isNamedByEvents = isNamedByEvents
  }

  /// The stored bytes; attributes in the order of their names, so that equal records have equal bytes.
  /// - Parameter ordinal: the key it is stored under, which begins the checksum.
  package func encoded(for ordinal: Ordinal) -> [UInt8] {
    Envelope.seal(
      seed: ordinal.rawValue, reservingCapacity: 64 + (text?.utf8.count ?? 0) + attributes.count * 24
    ) { writer in
      writer.append(UInt8((isDeleted ? 1 : 0) | (text == nil ? 0 : 2) | (isNamedByEvents ? 4 : 0)))
      writer.append(id)
      if let text { writer.append(text) }
      writer.append(varint: attributes.count)
      for (name, value) in attributes.sortedByName {
        writer.append(name)
        writer.append(value)
      }
    }
  }

  package init(decoding record: UnsafeRawBufferPointer, of ordinal: Ordinal) throws(RecordError) {
    var reader = try Envelope.open(record, seed: ordinal.rawValue)
    let flags = try reader.read(UInt8.self)
    isDeleted = flags & 1 != 0
    isNamedByEvents = flags & 4 != 0
    id = try reader.readText()
    text = flags & 2 != 0 ? try reader.readText() : nil
    let count = try reader.readVarint()
    guard count >= 0, count <= reader.remaining else { throw .invalid("\(count) attributes") }
    attributes = [:]
    for _ in 0..<count {
      let name = try reader.readText()
      attributes[name] = try reader.readAttributeValue()
    }
  }

  /// Only the text, without decoding the rest; the checksum is verified all the same. Nil where the record has none.
  package static func decodeText(_ record: UnsafeRawBufferPointer, of ordinal: Ordinal) throws(RecordError)
    -> String?
  {
    var reader = try Envelope.open(record, seed: ordinal.rawValue)
    guard try reader.read(UInt8.self) & 2 != 0 else { return nil }
    _ = try reader.readBytes(try reader.readVarint())
    return try reader.readText()
  }

  /// Only the id and whether the record is deleted, without decoding the rest; the checksum is verified all the same.
  package static func decodeID(_ record: UnsafeRawBufferPointer, of ordinal: Ordinal) throws(RecordError) -> (
    id: String, isDeleted: Bool
  ) {
    var reader = try Envelope.open(record, seed: ordinal.rawValue)
    let flags = try reader.read(UInt8.self)
    return (try reader.readText(), flags & 1 != 0)
  }
}

extension ByteWriter {
  /// The stored form of one value.
  package static func bytes(of value: AttributeValue) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(value)
    return writer.bytes
  }

  /// `u8 tag · data`: 0 null, 1 number, 2 false, 3 true, 4 string, 5 strings, 6 integers, 7 list, 8 object, 9 integer.
  package mutating func append(_ value: AttributeValue) {
    switch value {
    case .null: append(UInt8(0))
    case .number(let number):
      append(UInt8(1))
      append(number)
    case .bool(let flag): append(UInt8(flag ? 3 : 2))
    case .string(let text):
      append(UInt8(4))
      append(text)
    case .strings(let texts):
      append(UInt8(5))
      append(varint: texts.count)
      for text in texts { append(text) }
    case .integers(let numbers):
      append(UInt8(6))
      append(varint: numbers.count)
      for number in numbers { append(number) }
    case .list(let elements):
      append(UInt8(7))
      append(varint: elements.count)
      for element in elements { append(element) }
    case .object(let members):
      append(UInt8(8))
      append(varint: members.count)
      for (name, value) in members {
        append(name)
        append(value)
      }
    case .integer(let number):
      append(UInt8(9))
      append(number)
    }
  }
}

extension ByteReader {
  /// - Parameter depth: how many levels of lists and objects may follow, so that damaged bytes never choose how deep
  ///   the reader recurses.
  package mutating func readAttributeValue(depth: Int = Limits.depth) throws(RecordError)
    -> AttributeValue
  {
    let tag = try read(UInt8.self)
    switch tag {
    case 0: return .null
    case 1: return .number(try readDouble())
    case 2: return .bool(false)
    case 3: return .bool(true)
    case 4: return .string(try readText())
    case 5:
      let count = try readCount(bytesEach: 1)
      var texts: [String] = []
      texts.reserveCapacity(count)
      for _ in 0..<count { texts.append(try readText()) }
      return .strings(texts)
    case 6:
      let count = try readCount(bytesEach: 8)
      var numbers: [Int64] = []
      numbers.reserveCapacity(count)
      for _ in 0..<count { numbers.append(try read(Int64.self)) }
      return .integers(numbers)
    case 7:
      guard depth > 0 else { throw .invalid("lists and objects nested too deep") }
      let count = try readCount(bytesEach: 1)
      var elements: [AttributeValue] = []
      elements.reserveCapacity(count)
      for _ in 0..<count { elements.append(try readAttributeValue(depth: depth - 1)) }
      return .list(elements)
    case 8:
      guard depth > 0 else { throw .invalid("lists and objects nested too deep") }
      let count = try readCount(bytesEach: 2)
      var members = Attributes()
      for _ in 0..<count {
        let name = try readText()
        members[name] = try readAttributeValue(depth: depth - 1)
      }
      return .object(members)
    case 9: return .integer(try read(Int64.self))
    default: throw .invalid("attribute value of unknown kind \(tag)")
    }
  }

  /// A count that what remains can hold, so that a damaged one never asks for memory.
  private mutating func readCount(bytesEach: Int) throws(RecordError) -> Int {
    let count = try readVarint()
    guard count >= 0, count <= remaining / bytesEach else {
      throw .tooShort(needed: count, found: remaining / bytesEach)
    }
    return count
  }
}
