import Basics
import Records
import Testing
import VectorMath

@Suite struct RoundTripTests {
  @Test func randomEntities() throws {
    var generator = SeededGenerator(seed: 101)
    for _ in 0..<600 {
      let entity = Samples.randomEntity(using: &generator)
      #expect(try decoded(entity.encoded(), EntityRecord.init(decoding:)) == entity, "\(generator)")
      #expect(
        try decoded(entity.encoded(), EntityRecord.decodeID) == (entity.id, entity.isDeleted), "\(generator)")
    }
  }

  @Test func equalEntitiesHaveEqualBytes() {
    var generator = SeededGenerator(seed: 102)
    for _ in 0..<100 {
      let entity = Samples.randomEntity(using: &generator)
      var other = EntityRecord(id: entity.id, text: entity.text, isDeleted: entity.isDeleted)
      for (name, value) in entity.attributes.shuffled(using: &generator) { other.attributes[name] = value }
      #expect(entity.encoded() == other.encoded(), "\(generator)")
    }
  }

  @Test func randomEvents() throws {
    var generator = SeededGenerator(seed: 103)
    for _ in 0..<600 {
      let event = Samples.randomEvent(using: &generator)
      #expect(try decoded(event.encoded(), EventRecord.init(decoding:)) == event, "\(generator)")
    }
  }

  @Test func randomSpaces() throws {
    var generator = SeededGenerator(seed: 104)
    for _ in 0..<600 {
      let space = Samples.randomSpace(using: &generator)
      #expect(try decoded(space.encoded(), SpaceRecord.init(decoding:)) == space, "\(generator)")
    }
  }

  @Test func numbersOfEveryLength() throws {
    var numbers: [Int] = [0, 1, 127, 128, 16_383, 16_384, .max, .min, -1]
    for shift in 0..<63 { numbers += [1 << shift, (1 << shift) - 1, -(1 << shift)] }
    for number in numbers {
      var writer = ByteWriter()
      writer.append(varint: number)
      let (found, rest) = try writer.bytes.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        return (try reader.readVarint(), reader.remaining)
      }
      #expect(found == number && rest == 0)
    }
  }

  @Test func aNumberThatNeverEndsOrTakesTooManyBytesIsRefused() {
    let endless: [[UInt8]] = [
      Array(repeating: 0xFF, count: 30), Array(repeating: 0x80, count: 9) + [2], [0x80], [],
    ]
    for bytes in endless + [[0x80, 0], [0x81, 0], [0x81, 0x80, 0], Array(repeating: 0x80, count: 9) + [0]] {
      bytes.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        let result = outcome { () throws(RecordError) in try reader.readVarint() }
        #expect(throws: RecordError.self) { try result.get() }
      }
    }
  }

  @Test func readingStopsAtTheEnd() {
    ([1, 2, 3] as [UInt8]).withUnsafeBytes { bytes in
      var reader = ByteReader(bytes)
      let word = outcome { () throws(RecordError) in try reader.read(UInt32.self) }
      #expect(word == .failure(.tooShort(needed: 4, found: 3)))
      let double = outcome { () throws(RecordError) in try reader.readDouble() }
      #expect(double == .failure(.tooShort(needed: 8, found: 3)))
      for count in [-1, 4, Int.max] {
        let part = outcome { () throws(RecordError) in try reader.readBytes(count).count }
        #expect(part == .failure(.tooShort(needed: count, found: 3)))
      }
      #expect(outcome { () throws(RecordError) in try reader.readBytes(3).count } == .success(3))
      #expect(outcome { () throws(RecordError) in try reader.readBytes(0).count } == .success(0))
    }
  }
}
