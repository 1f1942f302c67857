import Testing
import Basics

@Suite struct SeededGeneratorTests {
  @Test func theSequenceIsFixed() {
    // The published first numbers of SplitMix64 with this seed.
    var generator = SeededGenerator(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
    ]
    for value in expected { #expect(generator.next() == value) }
  }

  @Test func printsAsTheCallThatMakesIt() {
    var generator = SeededGenerator(seed: 7)
    _ = generator.next()
    #expect("\(generator)" == "SeededGenerator(seed: 7)")
  }

  @Test func numbersAreDistributedAsSaid() {
    var generator = SeededGenerator(seed: 81)
    var sum = 0.0
    var squares = 0.0
    var units = 0.0
    let count = 20_000
    for _ in 0..<count {
      let normal = generator.nextGaussian()
      sum += normal
      squares += normal * normal
      let unit = generator.nextUnit()
      #expect((0..<1).contains(unit))
      units += unit
    }
    // Five standard errors.
    #expect(abs(sum / Double(count)) < 5 / Double(count).squareRoot(), "\(generator)")
    #expect(abs(squares / Double(count) - 1) < 5 * (2 / Double(count)).squareRoot(), "\(generator)")
    #expect(abs(units / Double(count) - 0.5) < 5 * (1 / 12 / Double(count)).squareRoot(), "\(generator)")
  }

  @Test func vectorsHaveTheirShape() {
    var generator = SeededGenerator(seed: 82)
    var again = generator
    let vectors = generator.nextVectors(count: 3, dimension: 5)
    #expect(vectors.count == 15)
    #expect(vectors == (0..<3).flatMap { _ in again.nextVector(dimension: 5) })
    #expect(generator.nextVectors(count: 0, dimension: 5).isEmpty)
  }
}
