@testable import Engine
import LMDB
import Records
import Testing

/// Models in pieces, and spaces whose vectors are all replaced.
@Suite struct StoredModelTests {
  /// Larger than a single-precision number can hold exactly.
  private let items = ModelArray("items", (0..<5).map { 16_777_217 + 2 * $0 })

  @Test func modelsOfSeveralPiecesAreReadAsWritten() throws {
    let store = try TestStore()
    // Three pieces of 4 MB, the last one short.
    let weights = (0..<2_400_000).map { Float($0) * 0.5 }
    let version = try store.engine.addModel(
      manifest: "{}", arrays: [items, ModelArray("table", [1_200_000, 2], .floats(weights))], created: 12)
    #expect(version == 1)
    let (model, contents) = try store.engine.read { snapshot in
      let model = try #require(try snapshot.model(1))
      return (model, try snapshot.arrays(of: model))
    }
    #expect(model.record.manifest == "{}")
    #expect(model.record.created == 12)
    #expect(contents.map(\.name) == ["items", "table"])
    #expect(contents.map(\.shape) == [[5], [1_200_000, 2]])
    guard case .words(let words) = contents[0].values, case .floats(let floats) = contents[1].values else {
      Issue.record("the types of the arrays are not those that were stored")
      return
    }
    #expect(words == [16_777_217, 16_777_219, 16_777_221, 16_777_223, 16_777_225])
    #expect(floats == weights)
    let first = model.record.generation
    #expect(try store.engine.addModel(replacing: 1, manifest: "{1}", arrays: [items], created: 13) == 1)
    #expect(try store.entries(ofGeneration: first).values.allSatisfy(\.isEmpty))
    #expect(try store.engine.read { try $0.models().map(\.record.manifest) } == ["{1}"])
    #expect(try store.engine.verify().problems == [])
    #expect(try store.engine.removeModel(1))
    #expect(try !store.engine.removeModel(1))
    #expect(try store.engine.addModel(manifest: "", arrays: [], created: 0) == 2)
  }

  @Test func damagedPiecesAreNamed() throws {
    let store = try TestStore()
    let version = try store.engine.addModel(
      manifest: "{}", arrays: [items, ModelArray("table", [Float](repeating: 1, count: 1_500_000))],
      created: 0)
    let model = try #require(try store.engine.read { try $0.model(version) })
    let key = BlockKey(model.record.generation, 1)
    _ = try store.engine.write { writer in
      let value = try #require(try writer.transaction.get(writer.tables.weights, key))
      var bytes = Array(value)
      bytes[bytes.count / 2] ^= 4
      try writer.transaction.put(writer.tables.weights, key, bytes)
    }
    func failure() -> EngineError? {
      do {
        _ = try store.engine.read { try $0.arrays(of: model) }
        return nil
      } catch { return error as? EngineError }
    }
    #expect(failure()?.code == .corrupted)
    #expect(failure()?.message.contains("piece") ?? false)
    #expect(try store.engine.verify().problems.count == 2)
    _ = try store.engine.write { try $0.transaction.delete($0.tables.weights, key) }
    #expect(failure()?.code == .corrupted)
  }

  @Test func sequencesLeaveOutWhatIsDeleted() throws {
    let store = try TestStore()
    _ = try store.engine.write { writer in
      let kind = try writer.eventKind("view")
      for (user, item, time) in [("a", "x", 3), ("a", "y", 1), ("b", "x", 2), ("b", "z", 9), ("c", "y", 4)] {
        _ = try writer.append(
          EventRecord(
            item: try writer.ordinalMakingRecord(of: item, .items), kind: kind, session: nil, value: nil),
          user: try writer.ordinalMakingRecord(of: user, .users), time: Int64(time))
      }
      _ = try writer.delete("z", .items)
      _ = try writer.delete("c", .users)
    }
    let (all, early, recent) = try store.engine.read { snapshot in
      (
        try snapshot.sequences(), try snapshot.sequences(before: 3),
        try snapshot.recentEvents(ofUser: "a", last: 1)
      )
    }
    #expect(all.offsets == [0, 2, 3])
    #expect(all.times == [1, 3, 2])
    #expect(all.items[1] == all.items[2])
    #expect(early.times == [1, 2])
    #expect(recent?.times == [3])
    #expect(try store.engine.read { try $0.recentEvents(ofUser: "c", last: 1) } == nil)
    #expect(try store.engine.read { try $0.eventKindName(all.kinds[0]) } == "view")
  }
}
