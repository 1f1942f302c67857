import SessionEncoder
import Testing
import Transformer
import VectorMath

@Suite struct SessionModelTests {
  private static func configuration(_ positions: PositionKind, isGated: Bool) -> SessionConfiguration {
    var configuration = SessionConfiguration(itemCount: 9)
    configuration.dimension = 8
    configuration.heads = 2
    configuration.expansion = 2
    configuration.maximumLength = 6
    configuration.positions = positions
    configuration.isGated = isGated
    return configuration
  }

  private let workspace = Workspace<Double>()

  private func outputs(
    _ model: SessionModel, _ parameters: [Double], _ sequences: [[UInt32]], dropout: Dropout = .none
  ) -> [Double] {
    let tape = SessionModel.Tape<Double>(model)
    let packed = PackedSequences(lengths: sequences.map(\.count))
    let found = model.forward(
      parameters, Array(sequences.joined()), packed, dropout: dropout, tape, workspace)
    return Array(UnsafeBufferPointer(start: found, count: packed.tokenCount * model.configuration.dimension))
  }

  @Test(arguments: [PositionKind.rotary, .learned], [true, false])
  func gradients(_ positions: PositionKind, _ isGated: Bool) {
    let model = SessionModel(Self.configuration(positions, isGated: isGated))
    var generator = SeededGenerator(seed: 21)
    var parameters: [Double] = model.layout.initialValues(seed: 22)
    let sequences: [[UInt32]] = [[1, 4, 4, 8], [0], [7, 2, 3]]
    let tokens = Array(sequences.joined())
    let direction = (0..<(tokens.count * 8)).map { _ in generator.nextGaussian() }
    let dropout = Dropout(rate: 0.2, seed: 23)
    func value(_ parameters: [Double]) -> Double {
      zip(outputs(model, parameters, sequences, dropout: dropout), direction).reduce(0) { $0 + $1.0 * $1.1 }
    }
    var gradients = [Double](repeating: 0, count: parameters.count)
    let tape = SessionModel.Tape<Double>(model)
    let packed = PackedSequences(lengths: sequences.map(\.count))
    _ = model.forward(parameters, tokens, packed, dropout: dropout, tape, workspace)
    gradients.withUnsafeMutableBufferPointer { gradients in
      guard let start = gradients.baseAddress else { return }
      model.backward(
        parameters, gradients: start, tableGradients: start, rows: tokens, direction, packed,
        dropout: dropout,
        tape, workspace)
    }
    let step = 1e-5
    for index in parameters.indices {
      let before = parameters[index]
      parameters[index] = before + step
      let above = value(parameters)
      parameters[index] = before - step
      let expected = (above - value(parameters)) / (2 * step)
      parameters[index] = before
      #expect(abs(expected - gradients[index]) < 1e-6 * max(1, abs(expected)), "weight \(index)")
    }
  }

  /// What comes later changes nothing before it, and neither do other sequences of the pack.
  @Test(arguments: [PositionKind.rotary, .learned])
  func outputsDependOnThePastOfTheirSequenceAlone(_ positions: PositionKind) {
    let model = SessionModel(Self.configuration(positions, isGated: true))
    let parameters: [Double] = model.layout.initialValues(seed: 31)
    let whole = outputs(model, parameters, [[3, 1, 5, 2], [6, 0, 0]])
    let changed = outputs(model, parameters, [[3, 1, 8, 7], [6, 0, 4]])
    #expect(whole[..<16] == changed[..<16])
    #expect(whole[16..<24] != changed[16..<24])
    #expect(whole[32..<48] == changed[32..<48])
    let alone = outputs(model, parameters, [[6, 0, 0]])
    for (packed, unpacked) in zip(whole[32...], alone) { #expect(abs(packed - unpacked) < 1e-12) }
  }
}
