import Basics
import ArgumentParser
import Interchange
import SessionEncoder
import Tensors
import Transformer

/// Times the encoding of one session, and of one more event of it, on one thread.
struct Serving: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times the encoding of one session and of one more event of a live one.")

  @Option var dimension = 64
  @Option var blocks = 2
  @Option var heads = 2
  @Option var expansion = 4
  @Option var length = 50
  @Option var activation = Activation.gelu
  @Option(help: "Items of the table.") var items = 12_101
  @Option(help: "Sessions to time.") var count = 2_000
  @Option(help: "Writes the weights here, .safetensors.") var weights: String?
  @Option(help: "Writes sessions [16, length] and their vectors here, .safetensors.") var answers: String?

  func run() throws {
    var shape = SessionConfiguration(itemCount: items)
    shape.dimension = dimension
    shape.blockCount = blocks
    shape.heads = heads
    shape.expansion = expansion
    shape.maximumLength = length
    shape.activation = activation
    let model = SessionModel(shape)
    let parameters: [Float] = model.layout.initialValues(seed: 7)
    var vectors = [Float](repeating: 0, count: items * dimension)
    model.items.vectors(parameters, of: 0..<items, .none, into: &vectors, Workspace())
    let encoder = LiveEncoder(model)
    var generator = SeededGenerator(seed: 8)
    func session() -> [UInt32] { (0..<length).map { _ in UInt32(generator.next() % UInt64(items)) } }
    func add(_ items: [UInt32]) -> [Float] {
      var tokens = SessionTokens()
      let set = SequenceSet([items])
      tokens.append(set.range(0), of: set, firstPosition: encoder.count)
      return Array(
        UnsafeBufferPointer(start: encoder.append(parameters, tokens, vectors: vectors), count: dimension))
    }
    var whole: [Double] = []
    var event: [Double] = []
    for _ in 0..<count {
      let session = session()
      encoder.removeAll()
      whole.append(microseconds { _ = add(session) })
      encoder.removeAll()
      _ = add(Array(session.dropLast()))
      event.append(microseconds { _ = add(Array(session.suffix(1))) })
    }
    if let weights {
      let file = Safetensors(
        model.layout.entries.map { entry in
          let range = entry.range.offset..<(entry.range.offset + entry.range.count)
          return .init(name: entry.name, shape: entry.shape, values: Array(parameters[range]))
        })
      try file.write(to: weights)
    }
    if let answers {
      let asked = (0..<16).map { _ in session() }
      let found = asked.flatMap { session -> [Float] in
        encoder.removeAll()
        return add(session)
      }
      let file = Safetensors([
        .init(name: "sessions", shape: [16, length], values: asked.joined().map { Float($0) }),
        .init(name: "vectors", shape: [16, dimension], values: found),
      ])
      try file.write(to: answers)
    }
    let json: JSONValue = [
      "sessionMicroseconds": .number(median(whole)),
      "eventMicroseconds": .number(median(event)),
    ]
    print(json.text)
  }
}
