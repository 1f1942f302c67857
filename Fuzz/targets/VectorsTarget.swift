import Interchange

extension FuzzTarget {
  /// Files of vectors of any format as an upsert reads them, and lists of ids.
  static let vectors = FuzzTarget("vectors") { bytes in
    var input = FuzzInput(bytes)
    let format = [VectorFormat.npy, .fvecs, .jsonLines, nil, nil][input.below(5)]
    let dimension = [nil, 1, 2, 3][input.below(4)]
    let batch = 1 + input.below(7)
    file.fill(input.rest)
    if format == nil {
      let ids = try accepted(InterchangeError.self) { try IDFile.read(path: file.path, limitBytes: 100) }
      for id in ids ?? [] { try hold(!id.isEmpty && id.utf8.count <= 100, "an id of \(id.utf8.count) bytes") }
    }
    func read(_ maximumCount: Int) throws -> (ids: [String], bits: [UInt32], bad: [Int])? {
      let opened = try accepted(InterchangeError.self) {
        try VectorSource(path: file.path, format: format, dimension: dimension)
      }
      guard let source = opened else { return nil }
      var (ids, bits, bad) = ([String](), [UInt32](), [Int]())
      let isRead: Void? = try accepted(InterchangeError.self) {
        while let outcome = try source.next(maximumCount) {
          switch outcome {
          case .bad(let row):
            bad.append(row.lineNumber)
            _ = row.description.utf8.count + row.raw.count
          case .batch(let batch):
            try hold((1...maximumCount).contains(batch.count), "a batch of \(batch.count)")
            try hold(batch.values.count == batch.count * batch.dimension, "\(batch.values.count) numbers")
            try hold(batch.attributes.isEmpty || batch.attributes.count == batch.count, "attributes")
            try hold(batch.dimension == source.dimension, "dimension \(batch.dimension)")
            ids += batch.ids
            bits += batch.values.map(\.bitPattern)
          }
        }
      }
      return isRead == nil ? nil : (ids, bits, bad)
    }
    let (all, few) = (try read(1_000), try read(batch))
    try hold((all == nil) == (few == nil), "read only in batches of one size")
    guard let all, let few else { return }
    try hold(
      all.ids.elementsEqual(few.ids) { $0.utf8.elementsEqual($1.utf8) } && all.bits == few.bits
        && all.bad == few.bad, "other vectors in batches of \(batch)")
  } samples: {
    let lines =
      #"{"id":"a","vector":[1,2,-3e2]}"# + "\n"
      + #"{"id":7,"vector":[0.5,0,1],"attributes":{"x":[1]},"z":null}"#
    let bad =
      "\n" + #"{"id":"b","vector":[1,"x"]}"# + "\n" + #"{"id":"c","vector":[1]}"# + "\n{\"id\":\"d\"}\nx\n"
    let array = "[" + #"{"id":"a","vector":[1,2]}, {"id":"b","vector":[3,4],"attributes":null}"# + "]"
    return [
      [2, 0, 1] + lines.utf8, [3, 3, 0] + (lines + bad).utf8, [4, 2, 2] + array.utf8,
      [0, 0, 0] + "a\nb\r\nc".utf8, [1, 0, 0, 1, 0, 0, 0, 0, 0, 128, 63],
    ]
  }

  private static let file = ByteFile("vectors")
}
