import Basics
import Records
import Values

extension FuzzTarget {
  /// Records of items, users and events, attribute values among them.
  static let entities = FuzzTarget("entities") { bytes in
    var input = FuzzInput(bytes)
    let kind = input.below(3)
    let key = EventKey(user: ordinal, time: -5_000, number: 3)
    switch kind {
    case 0:
      try StoredRecord(seed: ordinal.rawValue) { record in
        let entity = try EntityRecord(decoding: record, of: ordinal)
        let (id, isDeleted) = try EntityRecord.decodeID(record, of: ordinal)
        try hold(id.isExactly(entity.id) && isDeleted == entity.isDeleted, "another id: \(id)")
        let text = try EntityRecord.decodeText(record, of: ordinal)
        try hold(text.map { ExactString($0) } == entity.text.map { ExactString($0) }, "another text")
        // As others see it: as an item, by the names of its members, and hashed.
        let item = Item(entity)
        _ = item.attributes.flatMap(\.value.memberNames).count
        _ = item.hashValue
        _ = item.attributes.description.utf8.count
        return entity.encoded(for: ordinal)
      }.check(input.rest)
    case 1:
      try StoredRecord(seed: seed(of: key)) { try EventRecord(decoding: $0, of: key).encoded(for: key) }
        .check(input.rest)
    default:
      // A value without a frame, as a word of a list holds one.
      var reader = ByteReader(input.rest)
      guard let value = try accepted(RecordError.self, { try reader.readAttributeValue() }) else { return }
      let written = ByteWriter.bytes(of: value)
      let again = try written.withUnsafeBytes { raw -> [UInt8] in
        var reader = ByteReader(raw)
        let again = try reader.readAttributeValue()
        try hold(reader.remaining == 0, "\(reader.remaining) bytes are left of \(written)")
        return ByteWriter.bytes(of: again)
      }
      try hold(again == written, "\(written) is read as \(again)")
    }
  } samples: {
    let key = EventKey(user: ordinal, time: -5_000, number: 3)
    let attributes: Attributes = [
      "color": .string("rot"), "price": .number(12.5), "new": .bool(true), "none": .null,
      "tags": .strings(["a", ""]), "counts": .integers([1, -2, .max]), "code": .integer(.min),
      "mixed": .list([.number(0.5), .object(["w": .bool(false)]), .list([])]),
      "size": .object(["w": .number(1), "h": .object(["é": .strings([])])]),
    ]
    let records = [
      EntityRecord(id: "item-1", text: "Ein Stück", attributes: attributes),
      EntityRecord(id: "gone", isDeleted: true, isNamedByEvents: true), EntityRecord(id: "u"),
    ]
    let events = [
      EventRecord(item: Ordinal(9), kind: 2, session: "s1", value: 2.5),
      EventRecord(item: Ordinal(0), kind: 0, session: nil, value: nil),
    ]
    return records.map { [0] + StoredRecord.payload($0.encoded(for: ordinal)) }
      + events.map { [1] + StoredRecord.payload($0.encoded(for: key)) }
      + attributes.map { [2] + ByteWriter.bytes(of: $0.value) }
  }

  private static let ordinal = Ordinal(7)

  /// What begins the checksum of an event: CRC-32C of user and time.
  private static func seed(of key: EventKey) -> UInt32 {
    var writer = ByteWriter()
    writer.append(key.user.rawValue)
    writer.append(key.time)
    return writer.bytes.withUnsafeBytes { crc32c($0) }
  }
}
