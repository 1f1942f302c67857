import Basics
import Interchange
import Kindred

/// Query vectors in memory, row by row.
struct VectorRows {
  /// [count, dimension]
  let components: [Float]
  let count: Int
  let dimension: Int
  /// Where they came from, for messages.
  let source: String
}

extension VectorRows {
  /// One vector from a JSON array of numbers; `-` reads it from standard input.
  init(json: String) throws {
    let text = json == "-" ? try Self.standardInput() : Array(json.utf8)
    let value: JSONValue
    do { value = try JSONParser.parse(text) } catch {
      throw CommandFailure(.badInput, "--vector: \(error.message)")
    }
    guard let elements = value.array else {
      throw CommandFailure(.badInput, "--vector must be a JSON array of numbers, such as '[0.1, 0.2]'")
    }
    components = try elements.enumerated().map { index, element in
      guard let number = element.number else {
        throw CommandFailure(
          .badInput, "--vector must hold numbers only; its component \(index) is a \(element.kindName)")
      }
      return Float(number)
    }
    count = 1
    dimension = components.count
    source = "--vector"
  }

  /// The rows of a .npy, .fvecs or .jsonl file, of .npy if the name does not indicate a format; `-` for standard input.
  init(file: String) throws {
    let vectors = try VectorSource(path: file, format: VectorFormat(path: file) ?? .npy)
    var components: [Float] = []
    if let count = vectors.count, let dimension = vectors.dimension {
      components.reserveCapacity(count * dimension)
    }
    var count = 0
    while let outcome = try vectors.next(4096) {
      switch outcome {
      case .batch(let batch):
        components.append(contentsOf: batch.values)
        count += batch.count
      case .bad(let row):
        throw CommandFailure(.badInput, "'\(file)': \(row.description)")
      }
    }
    self.components = components
    self.count = count
    dimension = vectors.dimension ?? 0
    source = "'\(file)'"
  }

  /// The first `count` rows.
  func prefix(_ count: Int) -> VectorRows {
    let kept = min(count, self.count)
    return VectorRows(
      components: Array(components.prefix(kept * dimension)), count: kept, dimension: dimension,
      source: source)
  }

  /// The store sees rows laid end to end and cannot tell 2 x 64 from 1 x 128, so the check is ours.
  /// - Throws: `CommandFailure` `.dimensionMismatch`, `.badInput` when there is no row.
  func requireDimension(of space: SpaceInfo) throws {
    guard count > 0 else { throw CommandFailure(.badInput, "\(source) has no rows; give at least one query") }
    let wanted = space.configuration.dimension
    guard dimension == wanted else {
      throw CommandFailure(
        .dimensionMismatch,
        "\(source) has dimension \(dimension) and space '\(space.configuration.name)' has \(wanted)")
    }
  }

  /// All of standard input, up to what a vector in JSON can sensibly take.
  private static func standardInput() throws -> [UInt8] {
    let limitBytes = Limits.lineBytes
    let source = try ByteSource(path: "-")
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { return text }
      text.append(contentsOf: chunk.prefix(count))
      guard text.count <= limitBytes else {
        throw CommandFailure(
          .badInput, "standard input holds more than \(limitBytes) bytes, too many for one vector")
      }
    }
  }
}
