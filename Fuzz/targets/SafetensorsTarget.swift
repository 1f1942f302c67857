import Interchange

extension FuzzTarget {
  /// Files of weights: what is read is written, and read as the same numbers and texts.
  static let safetensors = FuzzTarget("safetensors") { bytes in
    let content = Array(bytes)
    guard let file = try accepted(InterchangeError.self, { try Safetensors(decoding: content) }) else {
      return
    }
    for tensor in file.tensors {
      try hold(tensor.shape.reduce(1, *) == tensor.values.count, "\(tensor.name) of shape \(tensor.shape)")
    }
    let written = file.encoded()
    let again = try Safetensors(decoding: written)
    try hold(again.encoded() == written, "written otherwise: \(written)")
    try hold(
      again.metadata.count == file.metadata.count && again.tensors.count == file.tensors.count,
      "\(again.tensors.count) tensors of \(file.tensors.count)")
  } samples: {
    var file = Safetensors([
      .init(name: "blocks.0.weight", shape: [2, 3], values: [1, -2, 0.5, .pi, 0, .infinity]),
      .init(name: "bias", shape: [], values: [7]), .init(name: "none", shape: [0, 4], values: []),
    ])
    let plain = file.encoded()
    file.metadata = ["training": "abc", "é": "\n"]
    return [plain, file.encoded(), Safetensors([]).encoded()]
  }
}
