import Basics
import SessionEncoder
import Tensors
import TestSupport
import Testing
import Transformer
import VectorMath

/// Attributes of users as the first token of their sequences.
@Suite struct ProfileTableTests {
  private let width = 8
  private let itemCount = 6
  private let features = ItemFeatures([["age=30", "city=b"], ["age=30"], ["city=b"]], minimumItems: 1)
  private let workspace = Workspace<Double>()

  /// - Parameter profiles: nil for the model as it serves.
  private func model(_ profiles: ItemFeatures?, temperature: Double?) -> SessionModel {
    var configuration = SessionConfiguration(itemCount: itemCount)
    configuration.dimension = width
    configuration.heads = 2
    configuration.maximumLength = 6
    configuration.hasTimeGaps = true
    configuration.profileFeatureCount = profiles?.featureCount ?? 0
    configuration.temperature = temperature
    return SessionModel(configuration, profiles: profiles)
  }

  /// Two sequences with a profile and one without.
  private var tokens: SessionTokens {
    var tokens = SessionTokens()
    var set = SequenceSet()
    for sequence: [UInt32] in [[6, 1, 4], [8, 2], [3, 5]] {
      set.append(items: sequence, gaps: sequence.indices.map { UInt8($0) })
    }
    for index in set.indices { tokens.append(set.range(index), of: set) }
    return tokens
  }

  /// - Parameter vectors: of the tokens' items [tokens, width]; those of profiles are not looked at.
  private func outputs(
    _ model: SessionModel, _ parameters: [Double], _ vectors: [Double], _ tape: SessionModel.Tape<Double>
  ) -> [Double] {
    let found = model.forward(
      parameters, tokens, vectors: vectors, rows: Array(0..<UInt32(tokens.count)), dropout: .none, tape,
      workspace)
    return Array(UnsafeBufferPointer(start: found, count: tokens.count * width))
  }

  private func numbers(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in generator.nextGaussian() }
  }

  @Test(arguments: [nil, 0.3]) func gradients(temperature: Double?) {
    let model = model(features, temperature: temperature)
    var parameters: [Double] = model.layout.initialValues(seed: 3)
    let (vectors, direction) = (
      numbers(tokens.count * width, seed: 4), numbers(tokens.count * width, seed: 5)
    )
    var gradients = [Double](repeating: 0, count: parameters.count)
    var slopes = [Double](repeating: 0, count: tokens.count * width)
    let tape = SessionModel.Tape<Double>(model)
    _ = outputs(model, parameters, vectors, tape)
    model.backward(
      parameters, gradients: &gradients, tokens, vectorSlopes: &slopes, rows: Array(0..<UInt32(tokens.count)),
      direction, dropout: .none, tape, workspace)
    // What is no item's has no gradient of an item.
    for token in [0, 3] { #expect(slopes[(token * width)..<((token + 1) * width)].allSatisfy { $0 == 0 }) }
    func value() -> Double {
      zip(outputs(model, parameters, vectors, tape), direction).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let step = 1e-5
    for index in parameters.indices {
      let before = parameters[index]
      parameters[index] = before + step
      let above = value()
      parameters[index] = before - step
      let expected = (above - value()) / (2 * step)
      parameters[index] = before
      #expect(abs(expected - gradients[index]) < 1e-6 * max(1, abs(expected)), "weight \(index)")
    }
  }

  /// A model that serves takes a profile for a token of its own vector.
  @Test(arguments: [nil, 0.3]) func aServedProfileIsTheLearnedOne(temperature: Double?) throws {
    let (learned, served) = (model(features, temperature: temperature), model(nil, temperature: temperature))
    let parameters: [Double] = learned.layout.initialValues(seed: 6)
    let rows = try #require(learned.profiles?.rows)
    let encoder = FeatureRows(
      names: features.names, rows: parameters[rows.elements].map { Float($0) }, width: width)
    var vectors = numbers(tokens.count * width, seed: 7)
    let expected = outputs(learned, parameters, vectors, SessionModel.Tape(learned))
    for (token, names) in [(0, ["city=b", "age=30", "unknown"]), (3, ["city=b"])] {
      let vector = try #require(encoder.vector(of: names))
      vectors.replaceSubrange((token * width)..<((token + 1) * width), with: vector.map { Double($0) })
    }
    let found = outputs(
      served, parameters.filter(outside: rows.elements), vectors, SessionModel.Tape(served))
    #expect(zip(expected, found).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(encoder.vector(of: ["unknown"]) == nil)
  }
}

extension [Double] {
  fileprivate func filter(outside range: Range<Int>) -> [Double] {
    Array(self[..<range.lowerBound] + self[range.upperBound...])
  }
}
