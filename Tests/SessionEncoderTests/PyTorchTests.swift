import Basics
import Platform
import SessionEncoder
import Tensors
import TestSupport
import Testing
import Transformer
import VectorMath

/// With the same weights PyTorch says the same (tools/encoder_goldens.py).
@Suite struct PyTorchTests {
  struct Variant {
    var positions: PositionKind
    var activation: Activation
    var normalization: NormalizationKind
    var isGated: Bool
    var temperature: Double?
  }

  /// In the order of the goldens.
  static let variants = [
    Variant(positions: .rotary, activation: .gelu, normalization: .layer, isGated: false),
    Variant(positions: .learned, activation: .relu, normalization: .layer, isGated: false),
    Variant(positions: .rotary, activation: .swiglu, normalization: .rms, isGated: true, temperature: 0.1),
    Variant(positions: .learned, activation: .gelu, normalization: .rms, isGated: false, temperature: 0.1),
    Variant(positions: .rotary, activation: .relu, normalization: .layer, isGated: true),
  ]

  @Test(arguments: variants.indices) func theSameWeightsGiveTheSame(_ number: Int) {
    let variant = Self.variants[number]
    var shape = SessionConfiguration(itemCount: 6)
    shape.dimension = 8
    shape.heads = 2
    shape.blockCount = 2
    shape.expansion = 2
    shape.maximumLength = 8
    shape.positions = variant.positions
    shape.activation = variant.activation
    shape.normalization = variant.normalization
    shape.isGated = variant.isGated
    shape.temperature = variant.temperature
    expectOutputs(shape, PyTorchGoldens.outputs[number])
  }

  /// In the order of the goldens.
  static let others: [(Architecture, NormalizationKind, Double?)] = [
    (.gru, .layer, 0.1), (.lstm, .rms, nil), (.masked, .layer, 0.1),
  ]

  @Test(arguments: others.indices) func otherArchitecturesToo(_ number: Int) {
    var shape = SessionConfiguration(itemCount: 6)
    shape.dimension = 8
    shape.expansion = 2
    shape.maximumLength = 8
    (shape.architecture, shape.normalization, shape.temperature) = Self.others[number]
    expectOutputs(
      shape, PyTorchGoldens.otherArchitectures[number], masking: shape.architecture == .masked ? [2] : [])
  }

  private func expectOutputs(_ shape: SessionConfiguration, _ expected: [Double], masking: [Int] = []) {
    let model = SessionModel(shape)
    let parameters = model.layout.entries.flatMap { entry -> [Double] in
      let start = entry.name.utf8.reduce(0.0) { $0 + Double($1) }
      let gain = entry.initializer == .ones ? 1.0 : 0
      return (0..<entry.range.count).map { gain + 0.4 * sin(0.7 * Double($0) + start) }
    }
    var vectors = [Double](repeating: 0, count: 6 * 8)
    model.items.vectors(parameters, of: 0..<6, .none, into: &vectors, Workspace())
    var tokens = SessionTokens()
    let set: SequenceSet = [[3, 1, 4, 1, 5, 2]]
    tokens.append(set.range(0), of: set, masking: masking)
    let tape = SessionModel.Tape<Double>(model)
    let found = model.forward(
      parameters, tokens, vectors: vectors, rows: tokens.items, dropout: .none, tape,
      Workspace<Double>())
    #expect(expected.count == tokens.count * 8)
    for (place, value) in expected.enumerated() {
      #expect(abs(found[place] - value) < 1e-7, "place \(place)")
    }
    withExtendedLifetime(tape) {}
  }
}
