import Interchange
import Kindred
import Platform
import TestSupport
import Testing

/// Stores of formats 5 and 6 with a trained model, written by the programs of those formats: 14 items, 40 users, whose
/// events go round twelve of the items.
@Suite struct OldModelTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func open(_ format: Int) throws -> Store {
    let packed =
      "\(String(#filePath.dropLast("KindredTests/OldModelTests.swift".count)))Fixtures/format-\(format).kindred.gz"
    let source = try ByteSource(path: packed)
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = try buffer.withUnsafeMutableBytes { raw in try source.read(into: raw) }
      if count == 0 { break }
      content += buffer[..<count]
    }
    let path = directory.file("old.kindred")
    let file = try #require(fopen(path, "w"))
    #expect(fwrite(content, 1, content.count, file) == content.count)
    fclose(file)
    return try Store.open(at: path)
  }

  /// What the program that wrote the model answered with it.
  private func requireOldAnswers(_ store: Store, _ when: Comment) throws {
    let expected: [([String], [(String, Float)])] = [
      (["i3"], [("i4", 0.27751574), ("i9", 0.012697756), ("i5", -0.12845302)]),
      (["i4", "i5"], [("i6", 0.45805952), ("i3", 0.45586133), ("i13", 0.22062021)]),
      (["i7"], [("i8", 0.6577292), ("i3", 0.657539)]),
    ]
    for (session, answers) in expected {
      let found = try store.recommend(
        for: .session(session), options: .init(k: answers.count, explains: true))
      #expect(found.map(\.id) == answers.map(\.0), when)
      #expect(zip(found, answers).allSatisfy { abs($0.score - $1.1) < 1e-5 }, when)
    }
  }

  // A new layout of models must not make anybody train again.
  @Test(arguments: [5, 6]) func modelsServeAreListedAndStoredAgain(format: Int) throws {
    let store = try open(format)
    defer { store.close() }
    try requireOldAnswers(store, "as it was stored")
    let before = try #require(try store.read { try $0.models() }.first)
    #expect(before.items == 12 && before.isServing && before.bestEpoch == 1)
    try store.append(Event(user: "u1", item: "i2", time: Timestamp(milliseconds: 1), kind: "view"))
    #expect(try store.verify().ok)
    let compacted = try store.compact()
    try requireOldAnswers(store, "stored again")
    // Storing the model again leaves no free pages behind, and the report knows of it.
    #expect(try store.compact().bytesAfter == compacted.bytesAfter)
    #expect(try store.statistics().fileBytes == compacted.bytesAfter)
    let after = try #require(try store.read { try $0.models() }.first)
    #expect(after.version == before.version && after.created == before.created && after.isServing)
    #expect(after.items == 12 && after.bestEpoch == 1 && after.validationNDCG == before.validationNDCG)
    #expect(try store.verify().ok)
    // Reasons rest on counted users, which format 5 did not store.
    let reasons = try store.recommend(for: .session(["i3"]), options: .init(k: 1, explains: true))[0].because
    #expect(reasons.map(\.users) == (format == 5 ? [] : [14]))
    try store.rebuildFromSequences()
  }
}
