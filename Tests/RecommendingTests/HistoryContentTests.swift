import Engine
import Records
import SessionEncoder
import Testing
import Values
import VectorMath

@testable import Recommending

/// What is served as the likeness of contents is what the calibration was fitted on: whitened vectors, source by
/// source.
@Suite struct HistoryContentTests {
  /// Two spaces of which the second lacks every third item.
  private struct Vectors: VectorReading {
    static let dimensions = [3, 5]

    static func vector(_ item: UInt32, _ source: Int) -> [Float]? {
      guard source == 0 || item % 3 != 0 else { return nil }
      return (0..<dimensions[source]).map { Float((Int(item) * 7 + $0 * $0 * 5 + source) % 11) - 4 }
    }

    func spaceRecord(_ name: String) throws -> SpaceRecord? {
      guard let source = Int(name) else { return nil }
      let shape = VectorShape(dimension: Self.dimensions[source], metric: .dot, encoding: .float32)
      let definition = SpaceDefinition(name: name, kind: .items, shape: shape, seed: 1, encoder: "")
      return SpaceRecord(definition, number: UInt32(source), generation: 1)
    }

    func encoderState(of record: SpaceRecord) throws -> [UInt8] { [] }

    func vector(of ordinal: Ordinal, in space: String) throws -> [Float]? {
      Int(space).flatMap { Self.vector(ordinal.rawValue, $0) }
    }
  }

  @Test func likenessIsThatOfWhitenedVectorsOfEachSource() throws {
    let vectors = Vectors()
    let sources = try (0..<2).map {
      try ContentSource(try #require(try vectors.spaceRecord("\($0)")), vectors)
    }
    let reader = try ContentReader(sources, vectors)
    let whitenings = (0..<2).map { source in
      let rows = (0..<60).compactMap { Vectors.vector($0, source) }
      return Whitening(
        fitting: Array(rows.joined()), count: rows.count, dimension: Vectors.dimensions[source])
    }
    let history = [UInt32(4), 9, 2]
    let content = try HistoryContent(history.map { Ordinal($0) }, whitenings, reader)
    for item in UInt32(20)..<30 {
      var expected: Float = 0
      for source in 0..<2 {
        guard let own = Vectors.vector(item, source).map({ whitenings[source].whitened($0) }) else {
          continue
        }
        var weight: Float = 1
        for earlier in history.reversed() {
          guard let vector = Vectors.vector(earlier, source).map({ whitenings[source].whitened($0) }) else {
            continue
          }
          let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
          expected += weight / length * zip(vector, own).reduce(0) { $0 + $1.0 * $1.1 }
          weight *= 0.8
        }
      }
      let found = content.likeness(to: try reader.content(of: Ordinal(item)))
      #expect(abs(found - expected) < 1e-4, "item \(item): \(found), not \(expected)")
    }
  }
}
