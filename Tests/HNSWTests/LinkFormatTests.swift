import Basics
import TestSupport
import Testing
import VectorMath

@testable import HNSW

@Suite struct LinkFormatTests {
  /// The record that `numbers` make, bit by bit.
  private func record(_ numbers: [UInt32], bits: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xFF, count: (numbers.count * bits + 7) / 8)
    for (index, number) in numbers.enumerated() {
      for bit in 0..<bits where number & (1 << UInt32(bit)) == 0 {
        bytes[(index * bits + bit) / 8] &= ~(1 << UInt8((index * bits + bit) % 8))
      }
    }
    return bytes
  }

  @Test(arguments: KernelArm.all) func everyWidthIsReadAndWrittenInItsOwnBytes(arm: KernelArm) throws {
    guard let kernels = try arm.kernels() else { return }
    var generator = SeededGenerator(seed: 5)
    for bits in 8...32 {
      for count in [4, 5, 16, 31, 32, 33, 256] where count * bits >= 64 {
        let format = LinkFormat(count: count, bits: bits)
        let ones: UInt32 = .max >> UInt32(32 - bits)
        let numbers = (0..<count).map { _ in
          Int.random(in: 0..<8, using: &generator) == 0
            ? ones : UInt32.random(in: 0...ones, using: &generator)
        }
        var memory = [UInt8](repeating: 0xFF, count: format.byteCount + 2)
        memory[0] = 0xA5
        memory[memory.count - 1] = 0x5A
        memory.withUnsafeMutableBytes { bytes in
          let start = bytes.baseAddress! + 1
          for index in numbers.indices.shuffled(using: &generator) {
            format.setLink(in: start, at: index, to: numbers[index])
          }
          let links = numbers.map { $0 == ones ? noSlot : $0 }
          #expect(numbers.indices.map { format.link(in: start, at: $0) } == links, "\(count) × \(bits)")
          let reading = LinkFormat(count: count, bits: bits, kernels: kernels)
          for first in [0, 1, 8, count / 2] where first <= count {
            var read = [UInt32](repeating: 77, count: count - first + 1)
            reading.read(start, LinkSpan(start: first, width: count - first), into: &read)
            #expect(read == links[first...] + [77], "\(kernels): from \(first) of \(count) × \(bits)")
          }
        }
        #expect(Array(memory.dropFirst().dropLast()) == record(numbers, bits: bits), "\(count) × \(bits)")
        #expect(memory.first == 0xA5 && memory.last == 0x5A, "wrote beside its record: \(count) × \(bits)")
      }
    }
  }

  @Test(arguments: [
    (4, 0, 16), (4, 65_535, 16), (4, 65_536, 17), (32, 255, 8), (32, 256, 9), (32, 120_000, 17),
    (32, 131_071, 17),
    (32, 131_072, 18), (32, Limits.slotCount - 1, 31),
  ])
  func asManyBitsAsSlotsNeed(count: Int, slots: Int, bits: Int) {
    let format = LinkFormat(count: count, slotCount: slots)
    #expect(format.bits == bits)
    #expect(format.holds(slotCount: slots))
    #expect(!format.holds(slotCount: 1 << bits))
  }

  @Test func aListThatIsNotFullEndsWithNoLink() throws {
    let format = LinkFormat(count: 8, bits: 11)
    let record = UnsafeMutableRawPointer.allocate(byteCount: format.byteCount, alignment: 1)
    defer { record.deallocate() }
    record.initializeMemory(as: UInt8.self, repeating: 0xFF, count: format.byteCount)
    let first = LinkList(record: record, format: format, span: LinkSpan(start: 0, width: 4))
    let second = LinkList(record: record, format: format, span: LinkSpan(start: 4, width: 4))
    second.replace(with: [7, 8, 9, 10], count: 4)
    first.replace(with: [1, 2, 3], count: 3)
    #expect((0..<4).map { first[$0] } == [1, 2, 3, noSlot])
    #expect((0..<4).map { second[$0] } == [7, 8, 9, 10])
    second.removeAll()
    #expect((0..<4).map { first[$0] } == [1, 2, 3, noSlot])
    var links = [UInt32](repeating: 0, count: 4)
    #expect(first.copy(to: &links) == 3)
    #expect(links == [1, 2, 3, noSlot])
    #expect(second.copy(to: &links) == 0)
  }

  @Test func aWiderFormatTakesAllLinksOver() throws {
    var generator = SeededGenerator(seed: 6)
    let graph = try TestGraph(linkBits: 9, capacity: 400)
    try graph.build(400, using: &generator)
    let (old, new) = (graph.editor.linkFormat, LinkFormat(count: 16, bits: 23))
    let wider = BlockStore(
      geometry: BlockGeometry(rowsPerBlock: 17, strideBytes: new.byteCount), headerBytes: 48, fill: 0xFF)
    wider.copyLinks(of: 400, from: graph.editor.links.table, old, as: new)
    let span = LinkSpan(start: 0, width: 16)
    for slot in 0..<UInt32(400) {
      let copied = LinkList(record: wider.mutableRow(slot), format: new, span: span)
      let links = try graph.links(slot)
      #expect((0..<16).map { copied[$0] } == (0..<16).map { links[$0] })
    }
    #expect(wider.privateBlocks.count == wider.blockCount)
  }
}
