import Basics
import Platform
import Testing

@testable import Recommending

/// New items' scores: the weights that made the targets are found again, and lists hold as many new items as targets
/// are new.
@Suite struct NewItemCalibrationTests {
  private static let newCount = 40
  private static let knownCount = 200

  /// Targets drawn from a softmax over known items and new ones with these weights.
  private static func cases(_ truth: NewItemCalibration, count: Int) -> [CalibrationCases.Case] {
    var generator = SeededGenerator(seed: 11)
    return (0..<count).map { _ in
      let known = (0..<knownCount).map { _ in Float(2 * generator.nextGaussian()) }
      let products = (0..<newCount).map { _ in Float(2 * generator.nextGaussian()) }
      let likenesses = (0..<newCount).map { _ in Float(generator.nextGaussian()) }
      let scores = known + zip(products, likenesses).map { truth.score($0, likeness: $1) }
      let powers = scores.map { exp(Double($0)) }
      var place = generator.nextUnit() * powers.reduce(0, +)
      let target =
        powers.firstIndex { power in
          place -= power
          return place <= 0
        } ?? 0
      return CalibrationCases.Case(
        knownLogSum: Float(log(powers[..<knownCount].reduce(0, +))),
        knownBest: Array(known.sorted(by: >).prefix(CalibrationCases.listLength)), products: products,
        likenesses: likenesses, target: target < knownCount ? nil : target - knownCount)
    }
  }

  @Test func weightsOfTheTargetsAreFound() throws {
    let truth = NewItemCalibration(session: 0.6, content: 1.5, bias: -0.5)
    let cases = Self.cases(truth, count: 3_000)
    let found = try #require(
      CalibrationCases(cases, multiplicities: [Float](repeating: 1, count: Self.newCount)).calibration())
    #expect(
      abs(found.session - truth.session) < 0.08 && abs(found.content - truth.content) < 0.15, "\(found)")
    var inLists = 0
    for one in cases {
      let new = zip(one.products, one.likenesses).map { (found.score($0, likeness: $1), true) }
      let list = (one.knownBest.map { ($0, false) } + new).sorted { $0.0 > $1.0 }.prefix(10)
      inLists += list.count { $0.1 }
    }
    let share = Double(inLists) / Double(10 * cases.count)
    let targets = Double(cases.count { $0.target != nil }) / Double(cases.count)
    #expect(abs(share - targets) < 0.01, "\(share) of the lists, \(targets) of the targets")
  }

  /// What misleads is not used, and what was seen is in no list.
  @Test func signsAndSeenItems() throws {
    let truth = NewItemCalibration(session: 0.5, content: -1, bias: 0)
    var cases = Self.cases(truth, count: 1_000)
    cases = cases.map { one in
      var products = one.products
      for item in 0..<20 where one.target != item { products[item] = CalibrationCases.seen }
      return CalibrationCases.Case(
        knownLogSum: one.knownLogSum, knownBest: one.knownBest, products: products,
        likenesses: one.likenesses, target: one.target)
    }
    let found = try #require(
      CalibrationCases(cases, multiplicities: [Float](repeating: 1, count: Self.newCount)).calibration())
    #expect(found.content == 0 && found.session > 0 && found.bias.isFinite, "\(found)")
  }

  @Test func fewTargetsSayNothing() {
    let cases = Self.cases(NewItemCalibration(session: 1, content: 0, bias: -20), count: 200)
    #expect(
      CalibrationCases(cases, multiplicities: [Float](repeating: 1, count: Self.newCount)).calibration()
        == nil)
  }
}
