import Baselines
@testable import Engine
import Records
import SessionEncoder
import Testing
import Training

@testable import Recommending

/// A model goes out of the store as it went in, and arrays that do not go with its manifest are named.
@Suite struct ModelContentsTests {
  private let manifest: SessionManifest
  private let contents: ModelContents

  init() {
    var shape = SessionConfiguration(itemCount: 3)
    shape.dimension = 4
    shape.heads = 1
    shape.blockCount = 1
    shape.temperature = 0.1
    var recipe = TrainingConfiguration()
    recipe.attentionDropout = 0.25
    recipe.popularShare = 0.5
    recipe.negatives = 7
    recipe.seed = .max
    recipe.threads = 3
    var manifest = SessionManifest(
      shape: shape, recipe: recipe, data: .init(), kinds: ["view"], features: [], isRepeating: true)
    manifest.shape.kindCount = 2
    manifest.data.before = -5
    manifest.validationNDCG = 0.5
    let model = SessionModel(manifest.storedShape)
    var contents = ModelContents(
      model, model.layout.initialValues(seed: 3), items: [4, 7, 9].map { Ordinal($0) },
      popularity: [0.5, 0, 1])
    var table = SparseTable()
    table.append([(1, 0.5), (2, 0.25)])
    table.append([])
    table.append([(0, 1)])
    contents.rules = SequentialRules(
      table, .init(), .init(items: [20_000_001, 0, 3], rules: [20_000_001, 1, 2]))
    manifest.rules =
      SessionRules(share: 0.25, rules: contents.rules ?? SequentialRules([], itemCount: 0)).description
    self.manifest = manifest
    self.contents = contents
  }

  private func stored(_ manifest: SessionManifest) -> StoredModel {
    StoredModel(
      version: 1, record: ModelRecord(created: 0, generation: 0, sections: [], manifest: manifest.encoded()))
  }

  @Test func manifestsAreReadAsWritten() throws {
    let back = try SessionManifest(decoding: manifest.encoded())
    #expect(back.shape == manifest.shape)
    // Four of these were written and never read.
    #expect(back.recipe == manifest.recipe)
    #expect(back.data.before == -5 && back.validationNDCG == 0.5 && back.isRepeating)
    #expect(back.rules?.configuration == manifest.rules?.configuration && back.rules?.hasCounts == true)
    #expect(back.encoded() == manifest.encoded())
  }

  /// A program that knows the Transformer alone refuses models of other architectures by the format.
  @Test(arguments: Architecture.allCases) func otherArchitecturesHaveAFormatOfTheirOwn(
    _ architecture: Architecture
  ) throws {
    var manifest = manifest
    manifest.shape.architecture = architecture
    manifest.recipe.maskedShare = architecture == .masked ? 0.25 : nil
    let text = manifest.encoded()
    #expect(text.contains("\"format\":\(architecture == .transformer ? 4 : 6)"))
    #expect(text.contains("architecture") == (architecture != .transformer))
    let back = try SessionManifest(decoding: text)
    #expect(back.shape == manifest.shape && back.recipe == manifest.recipe)
    let model = SessionModel(manifest.storedShape)
    let contents = ModelContents(
      model, model.layout.initialValues(seed: 4), items: self.contents.items, popularity: [0, 0, 1])
    manifest.rules = nil
    let arrays = contents.arrays(manifest)
    #expect(try ModelContents(stored(manifest), arrays, manifest).weights == contents.weights)
  }

  @Test func architecturesOfLaterProgramsAreRefused() {
    let text = manifest.encoded()
    for later in [
      text.replacing("\"format\":4", with: "\"format\":7"),
      text.replacing("\"layers\":", with: "\"architecture\":\"mamba\",\"layers\":"),
    ] {
      #expect(throws: RecommendingError.self) { try SessionManifest(decoding: later) }
    }
  }

  @Test func arraysAreReadAsWritten() throws {
    let arrays = contents.arrays(manifest)
    let back = try ModelContents(stored(manifest), arrays, manifest)
    #expect(back.items == contents.items && back.weights == contents.weights)
    #expect(back.features == contents.features && back.popularity == contents.popularity)
    #expect(back.rules?.table == contents.rules?.table && back.rules?.counts == contents.rules?.counts)
  }

  @Test func arraysThatDoNotFitAreNamed() {
    func refusal(_ name: String, _ change: (ModelArray) -> ModelArray?) -> String? {
      let arrays = contents.arrays(manifest).compactMap { $0.name == name ? change($0) : $0 }
      do {
        _ = try ModelContents(stored(manifest), arrays, manifest)
        return nil
      } catch {
        let error = error as? RecommendingError
        #expect(error?.code == .corrupted)
        return error?.message
      }
    }
    for array in contents.arrays(manifest) {
      if !["rules.users", "rules.item-users"].contains(array.name) {
        #expect(refusal(array.name) { _ in nil }?.contains("\(array.name) is missing") == true)
      }
      #expect(
        refusal(array.name) { ModelArray($0.name, $0.shape + [1], $0.values) }?.contains(array.name) == true)
    }
    #expect(
      refusal("popularity") { ModelArray($0.name, [1, .nan, 0] as [Float]) }?.contains("finite") == true)
    #expect(refusal("popularity") { ModelArray($0.name, [1, 2, 3] as [UInt32]) }?.contains("single") == true)
    #expect(refusal("rules.items") { ModelArray($0.name, [1, 2, 3] as [UInt32]) }?.contains("rules") == true)
    #expect(
      refusal("rules.counts") { ModelArray($0.name, [2, 1, 1] as [UInt32]) }?.contains("rules") == true)
    #expect(
      refusal("rules.weights") { ModelArray($0.name, [1, -1, 1] as [Float]) }?.contains("rules") == true)
    #expect(refusal("items") { $0 } == nil)
  }
}
