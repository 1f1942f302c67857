import Basics
import HNSW
import Testing
import VectorMath

@Suite struct UpperLayersTests {
  private static let m = 4

  private func links(_ upper: UpperLayers, _ slot: UInt32, _ layer: Int) -> [UInt32]? {
    upper.links(of: slot, layer: layer).map { Array(UnsafeBufferPointer(start: $0, count: Self.m)) }
  }

  @Test func aNewNodeHasEmptyLinksOnEachLayer() {
    let upper = UpperLayers(m: Self.m)
    upper.add(17, level: 3)
    #expect(upper.count == 1)
    #expect(upper.level(of: 17) == 3)
    #expect(upper.level(of: 18) == 0)
    for layer in 1...3 { #expect(links(upper, 17, layer) == Array(repeating: .max, count: Self.m)) }
    #expect(links(upper, 17, 0) == nil)
    #expect(links(upper, 17, 4) == nil)
    #expect(links(upper, 18, 1) == nil)
  }

  @Test func removingWhatIsNotThereChangesNothing() {
    let upper = UpperLayers(m: Self.m)
    upper.add(1, level: 1)
    upper.remove(2)
    #expect(upper.count == 1)
    upper.remove(1)
    upper.remove(1)
    #expect(upper.count == 0)
    #expect(upper.level(of: 1) == 0)
  }

  /// Deletion shifts entries of the table back; a wrong shift loses nodes that collided.
  @Test(arguments: [3, 4, 5] as [UInt64]) func followsADictionary(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let upper = UpperLayers(m: Self.m, expected: 1)
    var expected: [UInt32: [[UInt32]]] = [:]
    for step in 0..<4_000 {
      // Few distinct slots, so that they are removed and added again, in a table that is often half full.
      let slot = UInt32.random(in: 0..<700, using: &generator) &* 65_537
      if expected.removeValue(forKey: slot) != nil {
        upper.remove(slot)
      } else {
        let level = Int.random(in: 1...3, using: &generator)
        upper.add(slot, level: level)
        var lists: [[UInt32]] = []
        for layer in 1...level {
          let list = (0..<Self.m).map { _ in UInt32.random(in: 0..<1_000, using: &generator) }
          upper.links(of: slot, layer: layer)?.update(from: list, count: Self.m)
          lists.append(list)
        }
        expected[slot] = lists
      }
      guard step % 100 == 99 else { continue }
      expectEqual(upper, expected, "step \(step), \(generator)")
    }
    expectEqual(try UpperLinks.edited(upper).copy(), expected, "copy, \(generator)")
  }

  private func expectEqual(_ upper: UpperLayers, _ expected: [UInt32: [[UInt32]]], _ place: String) {
    #expect(upper.count == expected.count, "\(place)")
    var visited: [UInt32: Int] = [:]
    upper.forEach { slot, level in visited[slot] = level }
    #expect(visited == expected.mapValues(\.count), "\(place)")
    for (slot, lists) in expected {
      for (index, list) in lists.enumerated() where links(upper, slot, index + 1) != list {
        Issue.record("\(place): slot \(slot) layer \(index + 1)")
      }
    }
  }

  @Test func aCopyIsIndependent() throws {
    let upper = UpperLayers(m: Self.m)
    for slot in 0..<UInt32(50) { upper.add(slot, level: 1 + Int(slot % 2)) }
    let copy = try UpperLinks.edited(upper).copy()
    copy.links(of: 7, layer: 1)?[0] = 42
    copy.remove(8)
    copy.add(100, level: 1)
    #expect(links(upper, 7, 1)?[0] == .max)
    #expect(upper.level(of: 8) == 1)
    #expect(upper.level(of: 100) == 0)
  }
}
