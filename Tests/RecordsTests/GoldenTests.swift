import Basics
import Records
import Testing
import Values
import Values
import VectorMath

/// The exact bytes of every kind of record: files written today must be read by every later version.
@Suite struct GoldenTests {
  @Test func entities() throws {
    #expect(hex(Samples.entity.encoded()) == Samples.entityBytes)
    #expect(hex(Samples.deleted.encoded()) == Samples.deletedBytes)
    #expect(try decoded(bytes(Samples.entityBytes), EntityRecord.init(decoding:)) == Samples.entity)
    #expect(try decoded(bytes(Samples.deletedBytes), EntityRecord.init(decoding:)) == Samples.deleted)
    #expect(try decoded(bytes(Samples.entityBytes), EntityRecord.decodeID) == ("item-1", false))
    #expect(try decoded(bytes(Samples.deletedBytes), EntityRecord.decodeID) == ("item-1", true))
  }

  @Test func events() throws {
    #expect(hex(Samples.event.encoded()) == Samples.eventBytes)
    #expect(hex(Samples.bareEvent.encoded()) == Samples.bareEventBytes)
    #expect(try decoded(bytes(Samples.eventBytes), EventRecord.init(decoding:)) == Samples.event)
    #expect(try decoded(bytes(Samples.bareEventBytes), EventRecord.init(decoding:)) == Samples.bareEvent)
  }

  @Test func spaces() throws {
    #expect(hex(Samples.space.encoded()) == Samples.spaceBytes)
    #expect(try decoded(bytes(Samples.spaceBytes), SpaceRecord.init(decoding:)) == Samples.space)
    #expect(Samples.space.liveCount == 984)
  }

  /// The byte of every choice that a space's record keeps, each looked up in the record itself.
  @Test func choicesOfSpaces() throws {
    func record(_ kind: RecordKind, _ metric: VectorMetric, _ encoding: VectorEncoding) -> [UInt8] {
      var definition = Samples.space.definition
      definition.kind = kind
      definition.shape = VectorShape(dimension: 3, metric: metric, encoding: encoding)
      return Array(SpaceRecord(definition, number: 1, generation: 2).encoded().dropFirst(5))
    }
    let first = record(.items, .cosine, .float32)
    let place = try #require(
      zip(first, record(.users, .cosine, .float32)).enumerated().first { $0.element.0 != $0.element.1 }?
        .offset)
    #expect(RecordKind.allCases.map { record($0, .cosine, .float32)[place] } == [0, 1])
    #expect(
      [VectorMetric.cosine, .dot, .l2].map { record(.items, $0, .float32)[place + 5] } == [0, 1, 2])
    #expect(
      [VectorEncoding.float32, .float16, .int8, .int4].map { record(.items, .cosine, $0)[place + 6] }
        == [0, 1, 2, 3])
  }

  @Test func stores() throws {
    #expect(hex(Samples.store.encoded()) == Samples.storeBytes)
    #expect(try decoded(bytes(Samples.storeBytes), StoreRecord.init(decoding:)) == Samples.store)
  }

  @Test func counts() throws {
    #expect(hex(Samples.policy.encoded()) == Samples.policyBytes)
    #expect(try decoded(bytes(Samples.policyBytes), SignalPolicy.init(decoding:)) == Samples.policy)
    #expect(hex(Samples.coOccurrences.encoded(list: 0xC000_0007)) == Samples.coOccurrenceBytes)
    #expect(
      try decoded(bytes(Samples.coOccurrenceBytes)) { bytes throws(RecordError) in
        try ListBlock<CoOccurrence>(decoding: bytes, list: 0xC000_0007, first: 9)
      } == Samples.coOccurrences)
    let counts = Samples.counts.encoded(number: 3)
    #expect(hex(Array(counts[5..<61])) == Samples.countBytes && counts.count == 5 + 32 * 28)
    #expect(hex(Array(counts[..<5])) == "6885372301")
    #expect(
      try decoded(counts) { bytes throws(RecordError) in try ItemCountBlock(decoding: bytes, number: 3) }
        == Samples.counts)
  }

  @Test func models() throws {
    #expect(hex(Samples.model.encoded(for: Samples.modelVersion)) == Samples.modelBytes)
    let found = try decoded(bytes(Samples.modelBytes)) { bytes throws(RecordError) in
      try ModelRecord(decoding: bytes, of: Samples.modelVersion)
    }
    #expect(found == Samples.model && !found.isOld)
    #expect(found.byteCount == 40 && found.section("items.weight")?.count == 6)
  }

  @Test func modelsOfOlderFormats() throws {
    let found = try decoded(bytes(Samples.oldModelBytes)) { bytes throws(RecordError) in
      try ModelRecord(decoding: bytes, of: Samples.modelVersion)
    }
    #expect(found.isOld && found.created == 1_600_000_000_000 && found.generation == 4)
    #expect(
      found.sections == [
        ModelSection(name: ModelRecord.oldItems, element: .uint32, shape: [3], offsetBytes: 0),
        ModelSection(name: ModelRecord.oldWeights, element: .float32, shape: [7], offsetBytes: 12),
      ])
    #expect(found.manifest == Samples.model.manifest)
  }

  @Test func piecesOfModels() throws {
    let content = Array(UInt8(1)...8)
    let piece = content.withUnsafeBytes { ModelPiece.encode($0, generation: 9, number: 2) }
    #expect(hex(piece) == Samples.pieceBytes)
    let found = try decoded(piece) { bytes throws(RecordError) in
      Array(try ModelPiece.decode(bytes, generation: 9, number: 2))
    }
    #expect(found == content)
  }

  @Test func codebooks() throws {
    #expect(hex(CodebookRecord.encode(Samples.quantizer)) == Samples.codebookBytes)
    let found = try decoded(bytes(Samples.codebookBytes)) { bytes throws(RecordError) in
      try CodebookRecord.decode(bytes, width: .eight, dimension: 3)
    }
    #expect(found == Samples.quantizer)
  }

  @Test func tailRows() throws {
    let row = bytes("0000c03f000000c0" + String(repeating: "00", count: 56))
    var value = [UInt8](repeating: 0xAA, count: TailRecord.headerBytes + row.count)
    value.withUnsafeMutableBytes { target in
      row.withUnsafeBytes { TailRecord.encode(ordinal: Ordinal(77), sequence: 5, row: $0, into: target) }
    }
    #expect(hex(value) == Samples.tailBytes)
    try value.withUnsafeBytes { bytes in
      let (ordinal, start) = try TailRecord.decode(bytes, sequence: 5, strideBytes: 64)
      #expect(ordinal == Ordinal(77))
      #expect(Array(UnsafeRawBufferPointer(start: start, count: 64)) == row)
    }
  }

  @Test(arguments: [BlockKind.links, .owners, .places, .dead, .column])
  func sealedBlocks(kind: BlockKind) {
    var block = [UInt8](repeating: 0xEE, count: 48) + Array(0..<64)
    block.withUnsafeMutableBytes { BlockHeader.seal($0, kind: kind, generation: 6, number: 3) }
    let tag = hex([kind.rawValue])
    #expect(
      hex(block.prefix(48)) == "424c4b31\(tag)01000006000000030000001013b45a"
        + String(repeating: "00", count: 28))
    #expect(Array(block.suffix(64)) == Array(0..<64))
  }

  @Test func rowBlocksKeepAChecksumForEachRow() {
    #expect(
      [BlockKind.rows, .links, .owners, .places, .dead, .column].map(\.rawValue) == [1, 2, 3, 4, 5, 6])
    var block = [UInt8](repeating: 0xEE, count: 48)
    block.withUnsafeMutableBytes { BlockHeader.seal($0, kind: .rows, generation: 6, number: 3) }
    #expect(hex(block) == "424c4b310101000006000000030000000000000000" + String(repeating: "00", count: 27))
    let row = bytes("0000c03f000000c0" + String(repeating: "00", count: 56))
    row.withUnsafeBytes { row in
      guard let start = row.baseAddress else { return }
      #expect(RowBlockLayout.checksum(row: start, strideBytes: 64, slot: 1_234) == 0xC59B_A107)
    }
  }

  @Test func places() {
    #expect(Place.none.stored == .max)
    #expect(Place.graph(slot: 5).stored == 5)
    #expect(Place.tail(sequence: 5).stored == 0x8000_0005)
    for place in [
      Place.none, .graph(slot: 0), .graph(slot: 0x7FFF_FFFF), .tail(sequence: 0),
      .tail(sequence: Place.lastSequence),
    ] {
      #expect(Place(stored: place.stored) == place)
    }
  }

  @Test func eventTimesKeepTheirOrder() {
    let times: [Int64] = [.min, -1_000, -1, 0, 1, 1_700_000_000_000, .max]
    let keys = times.map { EventKey(user: Ordinal(1), time: $0, number: 0).storedTime }
    #expect(keys == keys.sorted())
    #expect(keys.map { EventKey.time(fromStored: $0) } == times)
    #expect(keys[3] == 1 << 63)
  }
}
