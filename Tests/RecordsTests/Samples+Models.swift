import Records
import VectorMath

/// What is stored of models and codebooks, laid out by a second program from docs/format.md as the other samples are.
extension Samples {
  static let modelVersion: UInt32 = 5

  static let model = ModelRecord(
    created: 1_700_000_000_000, generation: 9,
    sections: [
      ModelSection(name: "items", element: .uint32, shape: [3], offsetBytes: 0),
      ModelSection(name: "items.weight", element: .float32, shape: [3, 2], offsetBytes: 12),
      ModelSection(name: "scale", element: .float32, shape: [], offsetBytes: 36),
    ], manifest: #"{"kinds":["Käufe"]}"#)
  static let modelBytes = """
    b2f44063020068e5cf8b0100000900000003000000020103000000000000000000000000000000056974\
    656d730102030000000000000002000000000000000c000000000000000c6974656d732e776569676874\
    01002400000000000000057363616c65147b226b696e6473223a5b224bc3a4756665225d7d
    """

  /// As formats up to 6 stored it: three items and 28 bytes of weights.
  static let oldModelBytes = """
    da8b4a900100806e877401000004000000030000001c00000000000000147b226b696e6473223a5b224b\
    c3a4756665225d7d
    """

  /// The bytes 1 to 8 as piece 2 of generation 9.
  static let pieceBytes = """
    257bcc2e010102030405060708
    """

  static let quantizer = Quantizer(width: .eight, mean: [0.5, -1, 1e-20], step: 0.25)
  static let codebookBytes = """
    2af12b1f010000803e0000003f000080bf08e53c1e
    """
}
