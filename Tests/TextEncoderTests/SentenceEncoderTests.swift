import Basics
import Interchange
import Platform
import Tensors
import TestSupport
import Testing
import Transformer

@testable import TextEncoder

/// The vectors of a real model are those of the reference, sentence-transformers 6.2.0.
@Suite struct SentenceEncoderTests {
  @Test func tokensAreThoseOfTheReference() throws {
    guard let reference = try ReferenceModel.load() else { return }
    let encoder = try SentenceEncoder(folder: reference.folder)
    for text in reference.texts {
      #expect(encoder.tokens(of: text.text) == text.ids, "\(text.text.debugDescription)")
    }
  }

  /// float32 within 2e-6 of each component; the cosine of bfloat16 and int8 at least what torch's own has.
  @Test(arguments: WeightPrecision.allCases) func vectorsAreThoseOfTheReference(precision: WeightPrecision)
    throws
  {
    guard let reference = try ReferenceModel.load() else { return }
    let encoder = try SentenceEncoder(folder: reference.folder, .init(precision: precision))
    let found = try reference.encoded(by: encoder)
    let largest = zip(found, reference.vectors).reduce(0) { max($0, abs($1.0 - $1.1)) }
    let smallest = reference.cosines(found).min() ?? 0
    print("\(precision): largest difference \(largest), smallest cosine \(smallest)")
    switch precision {
    case .float32: #expect(largest <= 2e-6)
    case .bfloat16: #expect(smallest >= 0.9999)
    case .int8: #expect(smallest >= 0.97)
    }
  }

  @Test func layersAreThoseOfTheReference() throws {
    guard let folder = try ReferenceModel.folder(),
      let trace = SharedData.path("minilm-golden/trace-layers.npy"),
      let description = SharedData.path("minilm-golden/trace.json")
    else { return }
    let object = try JSONParser.parse(readFile(description)).object
    let tokens = (object?["ids"]?.array ?? []).compactMap { $0.number.map { UInt32($0) } }
    let configuration = try BertConfiguration(try folder.object("config.json"))
    let model = try BertModel(
      try ModelWeights(folder, marker: BertModel.marker), configuration, precision: .float32, threads: 1)
    var sequences = PackedSequences()
    sequences.append(length: tokens.count)
    var states: [Float] = []
    let hidden = Buffer<Float>()
    model.forward(tokens, sequences, into: hidden.reserve(tokens.count * configuration.width), .init()) {
      states += $0
    }
    withExtendedLifetime(hidden) {}
    // The file ends with its numbers, [layers + 1, tokens, width].
    let bytes = try readFile(trace).suffix(4 * states.count)
    let wanted = bytes.withUnsafeBytes { raw in
      states.indices.map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let layer = tokens.count * configuration.width
    for number in 0...configuration.layerCount {
      let difference = (number * layer..<(number + 1) * layer).reduce(0) {
        max($0, abs(states[$1] - wanted[$1]))
      }
      #expect(difference < 2e-5, "layer \(number)")
    }
  }

  /// A vector does not depend on what is encoded with it, nor on the number of threads.
  @Test func vectorsDoNotDependOnTheBatch() throws {
    guard let reference = try ReferenceModel.load() else { return }
    let encoder = try SentenceEncoder(folder: reference.folder)
    let all = try reference.encoded(by: encoder)
    #expect(try all == reference.encoded(by: encoder, threads: 1))
    for row in stride(from: 0, to: reference.texts.count, by: 17) {
      let alone = try encoder.encode(reference.texts[row].text)
      #expect(alone == Array(all[row * 384..<(row + 1) * 384]), "\(row)")
    }
  }

  /// The first components, brought to length 1; a prefix as if it stood in the text; and each its own fingerprint.
  @Test func dimensionAndPrefixesAreChosen() throws {
    guard let reference = try ReferenceModel.load() else { return }
    let (folder, text) = (reference.folder, "red cotton bag")
    let plain = try SentenceEncoder(folder: folder)
    let cut = try SentenceEncoder(folder: folder, .init(dimension: 64))
    let whole = try plain.encode(text)
    let length = whole.prefix(64).reduce(0) { $0 + $1 * $1 }.squareRoot()
    let vector = try cut.encode(text)
    #expect(vector.count == 64 && zip(vector, whole).allSatisfy { abs($0 - $1 / length) < 1e-6 })
    let prefixed = try SentenceEncoder(
      folder: folder, .init(prefixes: TextPrefixes(query: "query: ", passage: "passage: ")))
    #expect(try prefixed.encode(text, as: .query) == plain.encode("query: " + text))
    #expect(try prefixed.encode(text) == plain.encode("passage: " + text))
    let fast = try SentenceEncoder(folder: folder, .init(precision: .bfloat16))
    let fingerprints = [plain, cut, prefixed, fast].map(\.fingerprint)
    #expect(Set(fingerprints).count == 4 && fingerprints.allSatisfy { $0.utf8.count == 16 })
    #expect(try SentenceEncoder(folder: folder).fingerprint == plain.fingerprint)
    for dimension in [0, 385] {
      #expect(throws: ModelError.self) { try SentenceEncoder(folder: folder, .init(dimension: dimension)) }
    }
  }
}
