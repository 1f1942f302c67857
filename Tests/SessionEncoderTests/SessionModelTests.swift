import Basics
import SessionEncoder
import Tensors
import TestSupport
import Testing
import Transformer
import VectorMath

@Suite struct SessionModelTests {
  /// What models are tried with.
  enum Variant: CaseIterable {
    case rotary, learnedGated, cosine, everyFeature, interests, gru, lstm, masked, maskedInterests

    var features: ItemFeatures? {
      self == .everyFeature ? ItemFeatures([["a", "b"], ["a"], [], ["b", "c"], ["c"], ["a", "c"]]) : nil
    }

    var content: ItemContent? {
      guard self == .everyFeature else { return nil }
      // The fourth item has none.
      return ItemContent(
        width: 3,
        values: [0.1, 0.5, -0.2, 0.3, 0, 0.4, -0.6, 0.2, 0.1, 0, 0, 0, 0.7, -0.1, 0.2, -0.3, 0.3, 0.3])
    }

    var architecture: Architecture {
      switch self {
      case .gru: .gru
      case .lstm: .lstm
      case .masked, .maskedInterests: .masked
      default: .transformer
      }
    }

    var model: SessionModel {
      var configuration = SessionConfiguration(itemCount: self == .everyFeature ? 6 : 9)
      configuration.dimension = 8
      configuration.heads = 2
      configuration.expansion = 2
      configuration.maximumLength = 6
      configuration.architecture = architecture
      configuration.positions = [.learnedGated, .masked].contains(self) ? .learned : .rotary
      configuration.isGated = self == .learnedGated
      configuration.temperature = [.rotary, .learnedGated, .gru].contains(self) ? nil : 0.3
      configuration.interestCount = [.interests, .lstm, .maskedInterests].contains(self) ? 3 : 1
      if [.everyFeature, .gru, .masked].contains(self) {
        configuration.kindCount = 3
        configuration.hasTimeGaps = true
      }
      if self == .everyFeature {
        configuration.featureCount = 3
        configuration.contentWidth = 3
      }
      return SessionModel(configuration, features: features, content: content)
    }
  }

  private let workspace = Workspace<Double>()
  private let itemTape = ItemTable.Tape<Double>()

  /// - Parameter masking: the places of masked events in each sequence that has such places.
  private func tokens(_ sequences: [[UInt32]], masking: [Int] = []) -> SessionTokens {
    var tokens = SessionTokens()
    var set = SequenceSet()
    for sequence in sequences {
      set.append(items: sequence, kinds: sequence.map { UInt8($0 % 3) }, gaps: sequence.map { UInt8($0 % 5) })
    }
    for index in set.indices {
      tokens.append(set.range(index), of: set, masking: masking.filter { $0 < set.range(index).count })
    }
    return tokens
  }

  private func outputs(
    _ model: SessionModel, _ parameters: [Double], _ tokens: SessionTokens, dropout: Dropout = .none,
    rowDropout: ItemTable.RowDropout = .none
  ) -> [Double] {
    let width = model.configuration.dimension
    let vectors = model.items.forward(
      parameters, tokens.items, rowDropout, itemTape, workspace)
    let tape = SessionModel.Tape<Double>(model)
    let found = model.forward(
      parameters, tokens, vectors: vectors, rows: Array(0..<UInt32(tokens.count)), dropout: dropout, tape,
      workspace)
    return Array(
      UnsafeBufferPointer(start: found, count: tokens.count * model.configuration.interestCount * width))
  }

  @Test(arguments: Variant.allCases)
  func gradients(_ variant: Variant) {
    let model = variant.model
    let width = model.configuration.dimension
    var generator = SeededGenerator(seed: 21)
    var parameters: [Double] = model.layout.initialValues(seed: 22)
    let tokens = tokens(
      [[1, 4, 4, 5], [0], [5, 2, 3]], masking: variant.architecture == .masked ? [1, 3] : [])
    let direction = (0..<(tokens.count * model.configuration.interestCount * width))
      .map { _ in generator.nextGaussian() }
    let dropout = Dropout(rate: 0.2, seed: 23)
    let rowDropout = ItemTable.RowDropout(rate: 0.4, seed: 24)
    func value(_ parameters: [Double]) -> Double {
      zip(outputs(model, parameters, tokens, dropout: dropout, rowDropout: rowDropout), direction)
        .reduce(0) { $0 + $1.0 * $1.1 }
    }
    var gradients = [Double](repeating: 0, count: parameters.count)
    var slopes = [Double](repeating: 0, count: tokens.count * width)
    var touched: [UInt32] = []
    let rows = Array(0..<UInt32(tokens.count))
    let tape = SessionModel.Tape<Double>(model)
    let vectors = model.items.forward(parameters, tokens.items, rowDropout, itemTape, workspace)
    _ = model.forward(parameters, tokens, vectors: vectors, rows: rows, dropout: dropout, tape, workspace)
    model.backward(
      parameters, gradients: &gradients, tokens, vectorSlopes: &slopes, rows: rows, direction,
      dropout: dropout, tape, workspace)
    model.items.backward(
      gradients: &gradients, &slopes, rowDropout, touched: &touched, itemTape, workspace)
    let step = 1e-5
    for index in parameters.indices {
      let before = parameters[index]
      parameters[index] = before + step
      let above = value(parameters)
      parameters[index] = before - step
      let expected = (above - value(parameters)) / (2 * step)
      parameters[index] = before
      #expect(abs(expected - gradients[index]) < 1e-6 * max(1, abs(expected)), "weight \(index)")
      let isOfTable = model.items.rows.offset == 0 && index < model.items.rows.count
      if isOfTable, gradients[index] != 0 { #expect(touched.contains(UInt32(index / width))) }
    }
  }

  /// The gradients of all items' vectors at once are those of the items one by one.
  @Test(arguments: Variant.allCases)
  func gradientsOfTheWholeTable(_ variant: Variant) {
    let model = variant.model
    let (items, width) = (model.items.itemCount, model.items.width)
    let parameters: [Double] = model.layout.initialValues(seed: 25)
    var generator = SeededGenerator(seed: 26)
    var slopes = (0..<(items * width)).map { _ in generator.nextGaussian() }
    let dropout = ItemTable.RowDropout(rate: 0.4, seed: 27)
    var whole = [Double](repeating: 0, count: parameters.count)
    whole.replaceSubrange(0..<slopes.count, with: slopes)
    var sums = slopes
    let tape = ItemTable.Tape<Double>()
    whole.withUnsafeMutableBufferPointer { whole in
      guard let whole = whole.baseAddress else { return }
      for range in [0..<2, 2..<items] {
        model.items.itemsBackward(
          parameters, gradients: whole, projectionGradients: whole, range, dropout, sumSlopes: &sums, tape,
          workspace)
      }
    }
    model.items.featuresBackward(
      gradients: &whole, 0..<model.configuration.featureCount, sumSlopes: sums)
    var single = [Double](repeating: 0, count: parameters.count)
    var touched: [UInt32] = []
    model.items.forward(parameters, Array(0..<UInt32(items)), dropout, tape, workspace)
    model.items.backward(
      gradients: &single, &slopes, dropout, touched: &touched, tape, workspace)
    for (one, other) in zip(whole, single) { #expect(abs(one - other) < 1e-12) }
  }

  /// What comes later changes nothing before it, and neither do other sequences of the pack.
  @Test(arguments: Variant.allCases.filter { $0.architecture != .masked })
  func outputsDependOnThePastOfTheirSequenceAlone(_ variant: Variant) {
    let model = variant.model
    let parameters: [Double] = model.layout.initialValues(seed: 31)
    let whole = outputs(model, parameters, tokens([[3, 1, 5, 2], [4, 0, 0]]))
    let changed = outputs(model, parameters, tokens([[3, 1, 0, 5], [4, 0, 2]]))
    let token = 8 * model.configuration.interestCount
    func same(_ range: Range<Int>) -> Bool {
      let place = (token * range.lowerBound)..<(token * range.upperBound)
      return zip(whole[place], changed[place]).allSatisfy { abs($0 - $1) < 1e-12 }
    }
    #expect(same(0..<2))
    #expect(!same(2..<3))
    #expect(same(4..<6))
    let alone = outputs(model, parameters, tokens([[4, 0, 0]]))
    for (packed, unpacked) in zip(whole[(4 * token)...], alone) { #expect(abs(packed - unpacked) < 1e-12) }
  }

  /// What comes later changes what is before it; neither the item, kind and gap of a masked event nor other sequences
  /// of the pack do.
  @Test(arguments: [Variant.masked, .maskedInterests])
  func maskedEventsAreNotSeen(_ variant: Variant) {
    let model = variant.model
    let parameters: [Double] = model.layout.initialValues(seed: 32)
    func outputs(_ sequences: [[UInt32]]) -> [Double] {
      self.outputs(model, parameters, tokens(sequences, masking: [1]))
    }
    let token = 8 * model.configuration.interestCount
    let whole = outputs([[3, 1, 5, 2], [4, 0, 0]])
    func difference(_ sequences: [[UInt32]], tokens: Int) -> Double {
      zip(whole, outputs(sequences)).prefix(tokens * token).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    #expect(difference([[3, 4, 5, 2], [4, 0, 1]], tokens: 4) < 1e-12)
    #expect(difference([[3, 1, 5, 4], [4, 0, 0]], tokens: 1) > 1e-3)
  }
}
