import Basics
import Interchange
import Kindred
import Platform
import Synchronization
import TestSupport
import Testing

/// Spaces whose vectors a text model makes: when texts are embedded, when not, and what becomes of a space whose
/// encoder is changed.
@Suite struct TextModelTests {
  private let directory: TemporaryDirectory
  private let store: Store
  private let model: String
  private static let titles = [
    "red cotton bag", "blue leather bag", "green travel mug", "coffee mug", "lamp of red cotton",
    "travel lamp",
  ]

  init() throws {
    directory = try TemporaryDirectory()
    store = try Store.create(at: directory.file("shop.kindred"), options: .testing)
    model = try TinyTextModel().write(to: directory)
    try store.upsert(Self.titles.enumerated().map { Item(id: "i\($0)", text: $1) })
    try store.upsert([Item(id: "mute")])
  }

  private func vector(_ id: String, _ space: String = "content") throws -> [Float]? {
    try store.read { try $0.vector(space, id: id) }
  }

  /// Whether the vector of an item is that of a text, which is brought to length 1 once more when it is stored.
  private func has(_ id: String, _ text: String) throws -> Bool {
    try store.read { snapshot in
      guard let stored = try snapshot.vector("content", id: id),
        let encoded = try snapshot.vector("content", encoding: text)
      else { return false }
      return zip(stored, encoded).allSatisfy { abs($0 - $1) < 1e-6 }
    }
  }

  @Test func textsAreEmbeddedOnceAndFound() throws {
    let report = try store.embed("content", encoder: model)
    #expect((report.embedded, report.withoutText, report.dimension) == (6, 1, 8))
    #expect(try store.read { try $0.space("content").encoder } == "model:model:float32")
    for (index, title) in Self.titles.enumerated() {
      let matches = try store.read { try $0.query("content", text: title, options: .init(k: 1)) }
      #expect(matches.first?.id == "i\(index)")
    }
    let again = try store.embed("content", encoder: model)
    #expect((again.embedded, again.alreadyEmbedded) == (0, 6))
    // The encoder is there when the store is opened again.
    let before = try store.read { try $0.vector("content", encoding: "blue mug") }
    store.close()
    let opened = try Store.open(at: store.path, options: .testing)
    defer { opened.close() }
    #expect(try opened.read { try $0.vector("content", encoding: "blue mug") } == before)
    #expect(try opened.verify().problems == [])
  }

  /// A vector is that of its record's text, whoever writes it and how; or there is none.
  @Test func textsThatAreWrittenAreEmbedded() throws {
    try store.embed("content", encoder: model)
    try store.upsert([Item(id: "new", text: "blue lamp"), Item(id: "i0", text: "green mug")])
    #expect(try has("new", "blue lamp") && has("i0", "green mug"))
    #expect(try !has("i1", "green mug"))
    try store.upsert([Item(id: "i1", attributes: ["price": 3])])
    #expect(try vector("i1") == nil)
    try store.write { transaction in
      transaction.leaveTextsUnembedded()
      try transaction.upsert([Item(id: "i2", text: "red lamp"), Item(id: "i3", text: Self.titles[3])])
    }
    // Only what changed has lost its vector.
    #expect(try vector("i2") == nil && has("i3", Self.titles[3]))
    let file = try directory.write("id,text\ni4,coffee bag\ni5,cotton\n", to: "items.csv")
    try store.importRecords(ImportFiles(items: file), options: ImportOptions(embedsTexts: false))
    #expect(try vector("i4") == nil)
    #expect(try store.embed("content", encoder: model).embedded == 3)
    let later = try directory.write("id,text\ni4,leather mug\n", to: "later.csv")
    try store.importRecords(ImportFiles(items: later))
    #expect(try has("i4", "leather mug"))
    #expect(try store.verify().problems == [])
  }

  /// More texts than a transaction embeds are embedded behind it, in the same call.
  @Test func manyTextsAreEmbeddedBehindTheirTransaction() throws {
    try store.embed("content", encoder: model)
    let items = (0..<1_500).map { Item(id: "n\($0)", text: "red bag of \(["mug", "lamp"][$0 % 2])") }
    try store.upsert(items)
    #expect(try store.read { try $0.space("content").count } == 1_506)
    #expect(try has("n1499", "red bag of lamp"))
    #expect(try store.embed("content", encoder: model).embedded == 0)
  }

  /// Another model, precision or dimension is another encoder: its vectors are made beside the old ones, which answer
  /// until all are there.
  @Test(arguments: [
    EmbedOptions(precision: .bfloat16), EmbedOptions(dimension: 4), EmbedOptions(passagePrefix: "a "),
  ]) func anotherEncoderTakesTheSpaceAtOnce(options: EmbedOptions) throws {
    try store.embed("content", encoder: model)
    let before = try vector("i0")
    let seen = Mutex<[[Float]?]>([])
    let report = try store.embed("content", encoder: model, options: options) { _ in
      let now = try? self.vector("i0")
      seen.withLock { $0.append(now) }
    }
    #expect(report.embedded == 6 && seen.withLock { $0.count > 1 && $0.allSatisfy { $0 == before } })
    #expect(try vector("i0") != before)
    #expect(try store.read { try $0.spaces().map(\.configuration.name) } == ["content"])
    #expect(try store.read { try $0.space("content").configuration.dimension } == options.dimension ?? 8)
    #expect(try store.verify().problems == [])
    // The hashed encoder needs 16 components at least.
    #expect(code { try store.embed("content", encoder: "hashed") } == .invalidArgument)
  }

  /// Without an encoder named it is the space's own, with its precision: nobody loses a model's vectors by a call for
  /// what is missing.
  @Test(arguments: [true, false]) func theSpacesOwnEncoderIsTaken(onlyMissing: Bool) throws {
    try store.embed("content", encoder: model, options: .init(precision: .int8, passagePrefix: "a "))
    let before = try vector("i0")
    try store.write { transaction in
      transaction.leaveTextsUnembedded()
      try transaction.upsert([Item(id: "new", text: "blue lamp")])
    }
    let report = try store.embed("content", options: .init(onlyMissing: onlyMissing))
    #expect(report.embedded == 1 && report.alreadyEmbedded == 6)
    #expect(try store.read { try $0.space("content").encoder } == "model:model:int8")
    #expect(try vector("i0") == before)
    // The folder alone is no other encoder either.
    #expect(try store.embed("content", encoder: model).embedded == 0)
  }

  /// Many texts whose model is gone are stored like few, without vectors; and what a large deletion leaves is not
  /// encoded.
  @Test func largeWritesDoNotFailForAModel() throws {
    try store.embed("content", encoder: model)
    let items = (0..<200).map { Item(id: "n\($0)", text: "red bag") }
    try store.upsert(items)
    #expect(try store.read { try $0.space("content").count } == 206)
    try store.write { transaction in
      transaction.leaveTextsUnembedded()
      try transaction.upsert([Item(id: "left", text: "blue mug")])
    }
    try store.delete(items.map(\.id), kind: .items)
    #expect(try vector("left") == nil)
    store.close()
    unlink("\(model)/model.safetensors")
    let opened = try Store.open(at: store.path, options: .testing)
    defer { opened.close() }
    try opened.upsert(items)
    #expect(try opened.read { try $0.item(id: "n199")?.text } == "red bag")
    #expect(try opened.read { try $0.space("content").count } == 6)
    #expect(try opened.verify().problems == [])
  }

  /// What was embedded before the work ended is not done again.
  @Test func workThatEndedEarlyIsGoneOnWith() async throws {
    try await store.upsert((0..<3_000).map { Item(id: "n\($0)", text: "red bag \($0 % 7)") })
    let task = Task { [store, model] in
      try Self.blocking {
        try store.embed("content", encoder: model) { progress in
          if progress.completed > 1_000 { withUnsafeCurrentTask { $0?.cancel() } }
        }
      }
    }
    let result = await task.result
    #expect(throws: CancellationError.self) { try result.get() }
    let count = try await store.read { try $0.space("content").count }
    #expect((1_000..<3_006).contains(count))
    #expect(try await store.embed("content", encoder: model).embedded == 3_006 - count)
  }

  /// The form of a call that blocks, where both could be meant.
  private static func blocking<R>(_ body: () throws -> R) rethrows -> R { try body() }

  /// A record is stored when its model cannot be had; it has no vector then rather than one of another text.
  @Test func aModelThatIsGoneKeepsNobodyFromWriting() throws {
    try store.embed("content", encoder: model)
    store.close()
    let moved = try TinyTextModel().write(to: directory, as: "moved")
    unlink("\(model)/model.safetensors")
    let opened = try Store.open(at: store.path, options: .testing)
    defer { opened.close() }
    #expect(code { try opened.read { try $0.query("content", text: "red") } } != nil)
    try opened.upsert([Item(id: "i0", text: "green mug")])
    #expect(try opened.read { try $0.item(id: "i0")?.text } == "green mug")
    #expect(try opened.read { try $0.vector("content", id: "i0") } == nil)
    #expect(try opened.read { try $0.vector("content", id: "i1") } != nil)
    // The same model elsewhere goes on where it was.
    #expect(try opened.embed("content", encoder: moved).embedded == 1)
    #expect(
      try opened.read { try $0.query("content", text: "green mug", options: .init(k: 1)) }.first?.id == "i0")
    // Another model of the name does not.
    try TinyTextModel(seed: 2).weights.write(to: "\(moved)/model.safetensors")
    opened.close()
    let again = try Store.open(at: store.path, options: .testing)
    defer { again.close() }
    #expect(code { try again.read { try $0.query("content", text: "red") } } == .invalidArgument)
  }
}
