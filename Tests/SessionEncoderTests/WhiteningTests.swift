import Basics
import SessionEncoder
import Testing

@Suite struct WhiteningTests {
  /// Three components, two of which go together, and one of which is large.
  private static func vectors(_ count: Int, dimension: Int = 3) -> [Float] {
    var generator = SeededGenerator(seed: 5)
    return (0..<count).flatMap { _ in
      let first = Float(generator.nextGaussian())
      return (0..<dimension).map { column in
        switch column {
        case 0: first
        case 1: 5 + 0.9 * first + 0.2 * Float(generator.nextGaussian())
        default: 3 * Float(generator.nextGaussian())
        }
      }
    }
  }

  @Test func componentsAreUncorrelatedAndOfOneSize() {
    let count = 1_000
    var vectors = Self.vectors(count)
    let whitening = Whitening(fitting: vectors, count: count, dimension: 3)
    let single = whitening.whitened(Array(vectors[30..<33]))
    whitening.whiten(&vectors, count: count)
    #expect(zip(single, vectors[30..<33]).allSatisfy { abs($0 - $1) < 1e-5 })
    var square: Float = 0
    for left in 0..<3 {
      for right in 0..<3 {
        let product =
          (0..<count).reduce(Float(0)) { $0 + vectors[$1 * 3 + left] * vectors[$1 * 3 + right] }
          / Float(count)
        // The ridge takes something from the small components; off the diagonal little is left.
        if left == right {
          square += product
        } else {
          #expect(abs(product) < 0.1, "\(left) \(right) \(product)")
        }
      }
    }
    #expect(abs(square - 1) < 1e-3)
  }

  /// Also above the dimension up to which components are made uncorrelated.
  @Test(arguments: [3, 1_100]) func aProductCanBeAskedOfTheVectorsAsTheyAre(dimension: Int) {
    let vectors = Self.vectors(60, dimension: dimension)
    let whitening = Whitening(fitting: vectors, count: 60, dimension: dimension)
    #expect(whitening.matrix.count == Whitening.matrixCount(dimension: dimension))
    let (first, second) = (Array(vectors[..<dimension]), Array(vectors[dimension..<(2 * dimension)]))
    let sum = whitening.whitened(first)
    let (query, offset) = whitening.query(for: sum)
    let product = zip(sum, whitening.whitened(second)).reduce(0) { $0 + $1.0 * $1.1 }
    let asked = zip(query, second).reduce(offset) { $0 + $1.0 * $1.1 }
    #expect(abs(product - asked) < 1e-3 * max(1, abs(product)), "\(product) \(asked)")
  }

  @Test func vectorsThatAreAllTheSameBecomeZeros() {
    let whitening = Whitening(fitting: [1, 2, 1, 2], count: 2, dimension: 2)
    #expect(whitening.whitened([1, 2]).allSatisfy { $0 == 0 })
    #expect(whitening.whitened([3, 4]).allSatisfy { $0.isFinite })
  }

  /// Directions in which few vectors do not differ say nothing about others.
  @Test func vectorsThatWereNotFittedStayOfOneSize() {
    let (dimension, count) = (64, 20)
    var generator = SeededGenerator(seed: 9)
    let vectors = (0..<(2 * count * dimension)).map { place in
      Float(generator.nextGaussian()) / Float(1 + place % dimension)
    }
    let whitening = Whitening(fitting: vectors, count: count, dimension: dimension)
    let lengths = (count..<(2 * count)).map { row in
      let whitened = whitening.whitened(Array(vectors[(row * dimension)..<((row + 1) * dimension)]))
      return whitened.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    #expect(lengths.reduce(0, +) / Float(count) < 3, "\(lengths)")
  }

  @Test func sumsThatOverflowBecomeZeros() {
    let whitening = Whitening(fitting: [1e25, 2, -1e25, 3], count: 2, dimension: 2)
    #expect(whitening.whitened([1e25, 2]).allSatisfy { $0 == 0 })
  }
}
