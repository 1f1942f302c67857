import Basics
package import Tensors

/// Where a layer's weights lie among all of a model's: `count` elements from `offset`.
package struct ParameterRange: Sendable, Hashable {
  package let offset: Int
  package let count: Int

  /// The places of its elements among all weights.
  package var elements: Range<Int> { offset..<(offset + count) }

  /// The row of that number in a table of rows of `width` elements.
  package func row(_ number: Int, width: Int) -> ParameterRange {
    ParameterRange(offset: offset + number * width, count: width)
  }
}

/// How weights begin.
package enum Initializer: Sendable, Hashable {
  case zeros
  case ones
  /// Normally distributed about 0.
  case normal(deviation: Double)
  /// Uniform in ±sqrt(6 / (fan in + fan out)) (Glorot and Bengio 2010).
  case xavier(fanIn: Int, fanOut: Int)
}

/// Names, shapes and places of all weights of a model, in one flat array.
package struct ParameterLayout: Sendable {
  /// One array of weights.
  package struct Entry: Sendable, Hashable {
    package let name: String
    package let shape: [Int]
    package let range: ParameterRange
    package let initializer: Initializer
  }

  package private(set) var entries: [Entry] = []
  package private(set) var count = 0

  package init() {}

  package mutating func add(_ name: String, _ shape: [Int], _ initializer: Initializer) -> ParameterRange {
    let range = ParameterRange(offset: count, count: shape.reduce(1, *))
    entries.append(Entry(name: name, shape: shape, range: range, initializer: initializer))
    count += range.count
    return range
  }

  /// The weights that training begins with: the same for the same seed on every machine.
  package func initialValues<R: TensorScalar>(seed: UInt64, as type: R.Type = R.self) -> [R] {
    var generator = SeededGenerator(seed: seed)
    var values = [R](repeating: 0, count: count)
    for entry in entries {
      for index in entry.range.offset..<(entry.range.offset + entry.range.count) {
        switch entry.initializer {
        case .zeros: break
        case .ones: values[index] = 1
        case .normal(let deviation): values[index] = R(deviation * generator.nextGaussian())
        case .xavier(let fanIn, let fanOut):
          let bound = (6 / Double(fanIn + fanOut)).squareRoot()
          values[index] = R(bound * (2 * generator.nextUnit() - 1))
        }
      }
    }
    return values
  }
}
