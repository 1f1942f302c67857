import Basics
import Records

extension FuzzTarget {
  /// Records of models in both layouts, their sections, pieces and arrays.
  static let models = FuzzTarget("models") { bytes in
    var input = FuzzInput(bytes)
    switch input.below(3) {
    case 0: try StoredRecord(seed: 5, version: 1) { try rewrittenModel($0) }.check(input.rest)
    case 1: try StoredRecord(seed: 5, version: 2) { try rewrittenModel($0) }.check(input.rest)
    default:
      let (generation, number) = (input.number(UInt32.self), input.number(UInt32.self))
      let payload = input.rest
      _ = try accepted(RecordError.self) {
        try ModelPiece.decode(payload, generation: generation, number: number)
      }
      let piece = ModelPiece.encode(payload, generation: generation, number: number)
      try piece.withUnsafeBytes { raw in
        let found = try ModelPiece.decode(raw, generation: generation, number: number)
        try hold(found.elementsEqual(payload), "another piece")
        let other = try accepted(RecordError.self) {
          try ModelPiece.decode(raw, generation: generation, number: number ^ 1)
        }
        try hold(other == nil, "a piece is taken for another")
      }
    }
  } samples: {
    let sections = [
      ModelSection(name: "items", element: .uint32, shape: [3], offsetBytes: 0),
      ModelSection(name: "items.weight", element: .float32, shape: [3, 2], offsetBytes: 12),
      ModelSection(name: "scalar", element: .float32, shape: [], offsetBytes: 36),
      ModelSection(name: "none", element: .float32, shape: [0, 5], offsetBytes: 40),
    ]
    let model = ModelRecord(
      created: 1_700_000_000_000, generation: 9, sections: sections, manifest: "{\"a\":1}")
    var old = ByteWriter()
    old.append(Int64(1_700_000_000_000))
    old.append(UInt32(9))
    old.append(UInt32(3))
    old.append(UInt64(28))
    old.append("{\"a\":1}")
    return [
      [0] + old.bytes, [1] + StoredRecord.payload(model.encoded(for: 5)),
      [2, 9, 0, 0, 0, 2, 0, 0, 0, 1, 2, 3],
    ]
  }

  /// A model, written again where it is of the newest layout; with its arrays, where they are small.
  private static func rewrittenModel(_ record: UnsafeRawBufferPointer) throws -> [UInt8]? {
    let model = try ModelRecord(decoding: record, of: 5)
    var end = 0
    for section in model.sections {
      try hold(section.offsetBytes == end && section.count >= 0, "\(section) at \(end)")
      end += section.byteCount
      _ = model.section(section.name)
    }
    try hold(model.byteCount == end && end >= 0, "\(model.byteCount) bytes")
    if end <= 4_096 {
      let bytes = ExactBytes((0..<end).map { UInt8(truncatingIfNeeded: $0) })
      var written: [UInt8] = []
      for section in model.sections {
        let array = ModelArray(section, in: bytes.bytes)
        try hold(array.append(to: &written) == section, "\(section) is written elsewhere")
      }
      try hold(written.elementsEqual(bytes.bytes), "arrays are written otherwise")
    }
    return model.isOld ? nil : model.encoded(for: 5)
  }
}
