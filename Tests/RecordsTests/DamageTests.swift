import Basics
import Records
import Testing
import VectorMath

/// Bytes that are not what was written: refused, or read as the very same record; never a trap, never another one.
@Suite struct DamageTests {
  /// A kind of record by its bytes, and whether some bytes are read as the record they were made from.
  struct Sample: CustomTestStringConvertible, Sendable {
    let name: String
    let record: [UInt8]
    /// The latest version of its envelope.
    var latest: UInt8 = 1
    let decode: @Sendable (UnsafeRawBufferPointer) throws(RecordError) -> Bool

    var testDescription: String { name }
  }

  static let samples = [
    Sample(name: "entity", record: bytes(Samples.entityBytes)) { bytes throws(RecordError) in
      try EntityRecord(decoding: bytes) == Samples.entity
    },
    Sample(name: "id of an entity", record: bytes(Samples.entityBytes)) { bytes throws(RecordError) in
      try EntityRecord.decodeID(bytes).id == "item-1"
    },
    Sample(name: "event", record: bytes(Samples.eventBytes)) { bytes throws(RecordError) in
      try EventRecord(decoding: bytes) == Samples.event
    },
    Sample(name: "space", record: bytes(Samples.spaceBytes)) { bytes throws(RecordError) in
      try SpaceRecord(decoding: bytes) == Samples.space
    },
    Sample(name: "store", record: bytes(Samples.storeBytes)) { bytes throws(RecordError) in
      try StoreRecord(decoding: bytes) == Samples.store
    },
    Sample(name: "model", record: bytes(Samples.modelBytes), latest: 2) { bytes throws(RecordError) in
      try model(bytes) == Samples.model
    },
    Sample(name: "model of an older format", record: bytes(Samples.oldModelBytes), latest: 2) {
      bytes throws(RecordError) in
      try model(bytes).section(ModelRecord.oldWeights)?.count == 7
    },
    Sample(name: "piece of a model", record: bytes(Samples.pieceBytes)) { bytes throws(RecordError) in
      try ModelPiece.decode(bytes, generation: 9, number: 2).elementsEqual(1...8)
    },
    Sample(name: "codebook", record: bytes(Samples.codebookBytes)) { bytes throws(RecordError) in
      try CodebookRecord.decode(bytes, width: .eight, dimension: 3) == Samples.quantizer
    },
    Sample(name: "tail", record: bytes(Samples.tailBytes)) { bytes throws(RecordError) in
      try TailRecord.decode(bytes, sequence: 5, strideBytes: 64).ordinal == Ordinal(77)
    },
  ]
  /// The model and what it says of its sections: these numbers are used as they are where a model is read.
  private static func model(_ bytes: UnsafeRawBufferPointer) throws(RecordError) -> ModelRecord {
    let model = try ModelRecord(decoding: bytes, of: Samples.modelVersion)
    var end = 0
    for section in model.sections {
      #expect(section.offsetBytes == end && section.byteCount == section.count * 4 && section.count >= 0)
      end += section.byteCount
    }
    #expect(model.byteCount == end && (model.isOld || end <= Limits.modelBytes))
    return model
  }

  /// Those that are framed as records.
  static let framed = samples.filter { $0.name != "tail" }

  @Test(arguments: samples) func everyTruncationIsRefused(_ sample: Sample) {
    for count in 0..<sample.record.count {
      sample.record.withUnsafeBytes { whole in
        let part = UnsafeRawBufferPointer(rebasing: whole.prefix(count))
        if case .success = outcome({ () throws(RecordError) in try sample.decode(part) }) {
          Issue.record("\(count) of \(sample.record.count) bytes were taken")
        }
      }
    }
    UnsafeRawBufferPointer(start: nil, count: 0).withMemoryRebound(to: UInt8.self) { nothing in
      let result = outcome { () throws(RecordError) in try sample.decode(UnsafeRawBufferPointer(nothing)) }
      #expect(throws: RecordError.self) { try result.get() }
    }
  }

  @Test(arguments: samples) func everyFlippedBitIsRefused(_ sample: Sample) {
    for bit in 0..<sample.record.count * 8 {
      var record = sample.record
      record[bit / 8] ^= 1 << UInt8(bit % 8)
      record.withUnsafeBytes { bytes in
        if case .success = outcome({ () throws(RecordError) in try sample.decode(bytes) }) {
          Issue.record("bit \(bit % 8) of byte \(bit / 8) was flipped and not noticed")
        }
      }
    }
  }

  @Test(arguments: samples) func oneByteMoreIsRefusedOrReadTheSame(_ sample: Sample) {
    (sample.record + [0]).withUnsafeBytes { bytes in
      if case .success(let isEqual) = outcome({ () throws(RecordError) in try sample.decode(bytes) }) {
        #expect(isEqual)
      }
    }
  }

  @Test(arguments: framed) func anotherVersionIsRefusedByItsNumber(_ sample: Sample) {
    for version in [sample.latest + 1, 8, 255] {
      record(sample.record, ofVersion: version).withUnsafeBytes { bytes in
        let result = outcome { () throws(RecordError) in try sample.decode(bytes) }
        #expect(throws: RecordError.newerVersion(Int(version))) { try result.get() }
      }
    }
  }

  @Test(arguments: [(UInt8(1), RecordError.olderVersion(1)), (4, .olderVersion(4)), (10, .newerVersion(10))])
  func aStoreOfAnotherFormatIsRefused(version: UInt8, error: RecordError) {
    let other = resealed(bytes(Samples.storeBytes)) { $0[0] = version }
    other.withUnsafeBytes { bytes in
      let result = outcome { () throws(RecordError) in try StoreRecord(decoding: bytes) }
      #expect(throws: error) { try result.get() }
    }
  }

  /// Payloads that carry a right checksum all the same: only the decoders' own checks stand before them.
  @Test(arguments: framed) func damageUnderARightChecksumNeverTraps(_ sample: Sample) {
    var generator = SeededGenerator(seed: 71)
    for _ in 0..<3_000 {
      let record = resealed(sample.record) { payload in
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !payload.isEmpty {
          let index = Int.random(in: 0..<payload.count, using: &generator)
          switch Int.random(in: 0..<4, using: &generator) {
          case 0: payload[index] = 0xFF
          case 1: payload.removeSubrange(index...)
          case 2: payload.insert(UInt8.random(in: 0...255, using: &generator), at: index)
          default: payload[index] = UInt8.random(in: 0...255, using: &generator)
          }
        }
      }
      record.withUnsafeBytes { bytes in _ = outcome { () throws(RecordError) in try sample.decode(bytes) } }
    }
  }

  /// As above, of every payload that is shorter or differs in one bit: an error or a value.
  @Test(arguments: framed) func everyPayloadNearbyUnderARightChecksumNeverTraps(_ sample: Sample) {
    func decode(_ change: (inout [UInt8]) -> Void) {
      resealed(sample.record, change).withUnsafeBytes { bytes in
        _ = outcome { () throws(RecordError) in try sample.decode(bytes) }
      }
    }
    let count = sample.record.count - 5
    for length in 0..<count { decode { $0.removeSubrange(length...) } }
    for bit in 0..<count * 8 { decode { $0[bit / 8] ^= 1 << UInt8(bit % 8) } }
  }

  @Test func sectionsThatCannotBeAreRefused() {
    /// Changes the shape or the offset of the second section and expects the model to be refused.
    func expectRefused(shape: [Int] = [3, 2], offsetBytes: Int = 12, element: UInt8? = nil) {
      var model = Samples.model
      model.sections[1] = ModelSection(
        name: "items.weight", element: .float32, shape: shape, offsetBytes: offsetBytes)
      var record = model.encoded(for: Samples.modelVersion)
      // Behind checksum, version, created, generation, count and the first section of 24 bytes.
      if let element { record = resealed(record) { $0[16 + 24] = element } }
      record.withUnsafeBytes { bytes in
        let result = outcome { () throws(RecordError) in
          try ModelRecord(decoding: bytes, of: Samples.modelVersion)
        }
        #expect(throws: RecordError.self, "\(shape) at \(offsetBytes)") { try result.get() }
      }
    }
    expectRefused(offsetBytes: 16)
    expectRefused(shape: [3, 3])
    expectRefused(shape: [Int](repeating: 1, count: Limits.arrayRank + 1))
    expectRefused(shape: [Limits.modelBytes + 1])
    expectRefused(shape: [1 << 30, 1 << 30, 1 << 30])
    expectRefused(shape: [Limits.modelBytes / 4])
    for element in [0, 3, 255] as [UInt8] { expectRefused(element: element) }
  }

  @Test func aRecordOfAModelUnderAnotherKeyIsRefused() {
    bytes(Samples.modelBytes).withUnsafeBytes { bytes in
      let result = outcome { () throws(RecordError) in try ModelRecord(decoding: bytes, of: 6) }
      #expect(throws: RecordError.self) { try result.get() }
    }
    bytes(Samples.pieceBytes).withUnsafeBytes { bytes in
      for (generation, number) in [(9, 1), (8, 2), (2, 9)] as [(UInt32, UInt32)] {
        let result = outcome { () throws(RecordError) in
          try ModelPiece.decode(bytes, generation: generation, number: number).count
        }
        #expect(throws: RecordError.self) { try result.get() }
      }
    }
  }

  @Test func numbersOutOfRangeAreRefused() {
    /// Changes one field of the sample space and expects its record to be refused.
    func expectRefused(_ change: (inout SpaceRecord) -> Void) {
      var space = Samples.space
      change(&space)
      space.encoded().withUnsafeBytes { bytes in
        let result = outcome { () throws(RecordError) in try SpaceRecord(decoding: bytes) }
        #expect(throws: RecordError.self, "\(space)") { try result.get() }
      }
    }
    expectRefused { $0.definition.shape.dimension = 0 }
    expectRefused { $0.definition.shape.dimension = Limits.dimension + 1 }
    expectRefused { $0.definition.m = 1 }
    expectRefused { $0.definition.m = 129 }
    expectRefused { $0.slotCount = 1 << 31 }
    expectRefused { $0.nodeCount = 1_001 }
    expectRefused { $0.deadCount = 991 }
    expectRefused { $0.entryPoint = 1_000 }
    // No graph has them: a search would look for links where there are none.
    for level in UpperBlock.levelLimit + 1...64 { expectRefused { $0.maxLevel = level } }
    expectRefused { $0.definition.shape.normBound = -1 }
    expectRefused { $0.definition.shape.normBound = .infinity }
  }

  @Test func aTailRowUnderAnotherNumberIsRefused() {
    bytes(Samples.tailBytes).withUnsafeBytes { bytes in
      let result = outcome { () throws(RecordError) in
        try TailRecord.decode(bytes, sequence: 6, strideBytes: 64).ordinal
      }
      #expect(throws: RecordError.self) { try result.get() }
    }
  }

  @Test func textThatIsNotUTF8IsRefused() {
    let record = resealed(bytes(Samples.deletedBytes)) { $0[2] = 0xC0 }
    record.withUnsafeBytes { bytes in
      let result = outcome { () throws(RecordError) in try EntityRecord(decoding: bytes) }
      #expect(throws: RecordError.invalid("text that is not UTF-8")) { try result.get() }
    }
  }
}
