import Basics
import SessionEncoder
import Tensors
import TestSupport
import Testing
import Transformer
import VectorMath

/// Event by event, in pieces or all at once: the query vector is that of the training's way forward.
@Suite struct LiveEncoderTests {
  @Test(arguments: [PositionKind.rotary, .learned], [true, false])
  func itIsTheTrainingsWayForward(_ positions: PositionKind, _ isGated: Bool) {
    for (activation, norm, temperature, interests) in [
      (Activation.relu, NormalizationKind.layer, nil, 1), (.gelu, .rms, 0.1, 1), (.swiglu, .layer, 0.1, 3),
    ] as [(Activation, NormalizationKind, Double?, Int)] {
      var shape = SessionConfiguration(itemCount: 20)
      shape.dimension = 24
      shape.heads = 3
      shape.blockCount = 3
      shape.maximumLength = 12
      shape.positions = positions
      shape.isGated = isGated
      shape.activation = activation
      shape.normalization = norm
      shape.temperature = temperature
      shape.interestCount = interests
      shape.kindCount = 3
      shape.hasTimeGaps = true
      expectAgreement(SessionModel(shape))
    }
  }

  @Test(arguments: [Architecture.gru, .lstm, .masked], [1, 3])
  func otherArchitecturesToo(_ architecture: Architecture, _ interests: Int) {
    for positions in [PositionKind.rotary, .learned] {
      var shape = SessionConfiguration(itemCount: 20)
      shape.architecture = architecture
      shape.dimension = 24
      shape.heads = 3
      shape.blockCount = 2
      shape.maximumLength = 12
      shape.positions = positions
      shape.interestCount = interests
      shape.kindCount = 3
      shape.hasTimeGaps = true
      shape.temperature = interests == 1 ? nil : 0.1
      expectAgreement(SessionModel(shape))
    }
  }

  private func expectAgreement(_ model: SessionModel) {
    var generator = SeededGenerator(seed: 41)
    let width = model.configuration.dimension
    let outputs = model.configuration.interestCount * width
    let weights: [Float] = model.layout.initialValues(seed: 42).map {
      $0 + 0.1 * Float(generator.nextGaussian())
    }
    var vectors = [Float](repeating: 0, count: 20 * width)
    model.items.vectors(weights, of: 0..<20, .none, into: &vectors, Workspace())
    var set = SequenceSet()
    set.append(
      items: (0..<12).map { _ in UInt32(generator.next() % 20) },
      kinds: (0..<12).map { _ in UInt8(generator.next() % 3) },
      gaps: (0..<12).map { _ in UInt8(generator.next() % 32) })
    let batch = BatchEncoder<Float>(model)
    let wanted = batch.encode(weights, (1...12).map { 0..<$0 }, of: set, vectors: vectors)
    let (one, some) = (LiveEncoder(model), LiveEncoder(model))
    func add(_ range: Range<Int>, to encoder: LiveEncoder) -> [Float] {
      var tokens = SessionTokens()
      tokens.append(range, of: set, firstPosition: encoder.count)
      return Array(
        UnsafeBufferPointer(start: encoder.append(weights, tokens, vectors: vectors), count: outputs))
    }
    for end in 1...12 {
      let expected = wanted + (end - 1) * outputs
      func expectNear(_ found: [Float], _ name: String) {
        for index in 0..<outputs {
          #expect(abs(found[index] - expected[index]) < 1e-5 * max(1, abs(expected[index])), "\(name) \(end)")
        }
      }
      expectNear(add((end - 1)..<end, to: one), "one by one")
      if end % 5 == 0 { expectNear(add((end - 5)..<end, to: some), "by fives") }
      let whole = LiveEncoder(model)
      expectNear(add(0..<end, to: whole), "at once")
      whole.removeAll()
      expectNear(add(0..<end, to: whole), "again")
    }
  }
}
