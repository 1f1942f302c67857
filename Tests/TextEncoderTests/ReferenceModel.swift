import Basics
import Interchange
import Platform
import TestSupport

@testable import TextEncoder

/// all-MiniLM-L6-v2, and what sentence-transformers makes of 200 texts with it.
struct ReferenceModel {
  /// A text with the token ids of the reference.
  struct Text {
    var text: String
    var ids: [UInt32]
  }

  let folder: ModelFolder
  let texts: [Text]
  /// [texts, 384]
  let vectors: [Float]
  static let dimension = 384

  /// The folder of the model, which KINDRED_TEXT_MODEL names; nil, and a line that says so, where it is not.
  static func folder() throws -> ModelFolder? {
    guard let path = getenv("KINDRED_TEXT_MODEL").map({ String(cString: $0) }), !path.isEmpty else {
      print(
        "tests of a real text model are left out: KINDRED_TEXT_MODEL names no folder; get one by tools/text-model"
      )
      return nil
    }
    return try ModelFolder(path)
  }

  /// Nil, and a line that says so, where something is missing.
  static func load() throws -> ReferenceModel? {
    guard let folder = try folder(), let texts = SharedData.path("minilm-golden/texts.jsonl"),
      let vectors = SharedData.path("minilm-golden/embeddings.npy")
    else { return nil }
    return ReferenceModel(folder: folder, texts: try self.texts(texts), vectors: try self.vectors(vectors))
  }

  /// The texts of the reference.
  static func texts(_ path: String) throws -> [Text] {
    try readFile(path).split(separator: UInt8(ascii: "\n")).map { line in
      let object = try JSONParser.parse(Array(line)).object
      guard let text = object?["text"]?.string, let ids = object?["ids"]?.array else {
        throw TestFailure("a line without text or ids in \(path)")
      }
      return Text(text: text, ids: ids.compactMap { $0.number.map { UInt32($0) } })
    }
  }

  private static func vectors(_ path: String) throws -> [Float] {
    let file = try NPYFile(path: path)
    guard file.columns == dimension else { throw TestFailure("\(path) has \(file.columns) columns") }
    return [Float](unsafeUninitializedCapacity: file.rows * dimension) { buffer, count in
      if let start = buffer.baseAddress { file.copyRows(0..<file.rows, into: start) }
      count = file.rows * dimension
    }
  }

  /// What an encoder makes of all texts.
  func encoded(by encoder: SentenceEncoder, threads: Int = 2) throws -> [Float] {
    try [Float](unsafeUninitializedCapacity: texts.count * encoder.dimension) { buffer, count in
      guard let start = buffer.baseAddress else { return }
      try encoder.encode(texts.map(\.text), as: .passage, threads: threads, into: start)
      count = texts.count * encoder.dimension
    }
  }

  /// The cosine of each text's vector with the reference's.
  func cosines(_ found: [Float]) -> [Double] {
    texts.indices.map { row in
      let places = row * Self.dimension..<(row + 1) * Self.dimension
      let (a, b) = (found[places], vectors[places])
      let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      let lengths = [a, b].map { $0.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
      return dot / (lengths[0] * lengths[1])
    }
  }
}
