import Basics

/// Vectors with ids from any of the formats, batch by batch, in the order of the file.
package final class VectorSource {
  /// One step of the source.
  package enum Outcome {
    /// At least one vector.
    case batch(VectorBatch)
    /// A line of JSON Lines that holds no usable vector; valid until the next step.
    case bad(BadRow)
  }

  private enum Backend {
    case npy(NPYFile)
    case fvecs(FvecsFile)
    case json(any JSONTexts)
  }

  /// How many vectors there are; nil for JSON Lines, where it is known at the end.
  package let count: Int?
  /// The length of the vectors; nil until the first one of JSON Lines was read, or for an empty file.
  package private(set) var dimension: Int?
  /// The name of the source.
  package let name: String

  /// How often each key of JSON Lines was met that means nothing here; its values are not in the batches.
  /// At most `ignoredKeyLimit` different ones are counted by name.
  package var ignoredKeys: [(key: String, count: Int)] {
    ignoredCounts.map { (String(decoding: $0.key, as: UTF8.self), $0.value) }
  }
  /// Whether rows are named by their numbers, for want of ids.
  package let isNumbered: Bool

  private static let ignoredKeyLimit = 1_000
  /// By the bytes of the keys, since a dictionary of strings would take two spellings of "é" for one key.
  private var ignoredCounts: [[UInt8]: Int] = [:]
  private let backend: Backend
  private let ids: [String]?
  private var nextRow = 0
  /// A bad line met while a batch was being filled: handed out behind the batch.
  private var pendingBad: BadRow?

  /// Opens `path` (`-` for standard input).
  /// - Parameters:
  ///   - format: nil takes the one of the name or, where that indicates none, of the first bytes.
  ///   - dimension: the length that vectors of JSON Lines must have; nil for that of the first one.
  ///   - idsPath: a list of ids, one a line, in the order of the vectors. Without it ids are `0`, `1`, ….
  /// - Throws: `.countMismatch` if there are not as many ids as vectors; `.invalidArgument` for ids beside
  ///   JSON Lines; and what the formats' readers throw.
  package init(
    path: String, format: VectorFormat? = nil, dimension wanted: Int? = nil, idsPath: String? = nil
  ) throws(InterchangeError) {
    name = path
    let resolved: VectorFormat
    var opened: ByteSource?
    if let known = format ?? VectorFormat(path: path) {
      resolved = known
    } else {
      let source = try ByteSource(path: path)
      resolved = try VectorFormat.resolve(source)
      opened = source
    }
    ids = try idsPath.map { (path: String) throws(InterchangeError) in try IDFile.read(path: path) }
    switch resolved {
    case .npy:
      let file = if let opened { try NPYFile(opened) } else { try NPYFile(path: path) }
      try file.requireVectors()
      file.adviseSequential()
      backend = .npy(file)
      count = file.rows
      dimension = file.columns
    case .fvecs:
      let file = if let opened { try FvecsFile(opened) } else { try FvecsFile(path: path) }
      file.adviseSequential()
      backend = .fvecs(file)
      count = file.rows
      dimension = file.rows > 0 ? file.columns : nil
    case .jsonLines:
      guard idsPath == nil else {
        throw InterchangeError(
          .invalidArgument, "'\(path)' brings its own ids; leave the list of ids out", path: path)
      }
      let source = if let opened { opened } else { try ByteSource(path: path) }
      let buffer = TextBuffer(source: source, limitBytes: Limits.lineBytes)
      backend = .json(try buffer.jsonTexts())
      count = nil
      dimension = wanted
    }
    isNumbered = ids == nil && count != nil
    if let ids, let count, ids.count != count {
      throw InterchangeError(
        .countMismatch, "\(ids.count) ids in '\(idsPath ?? "")' for \(count) vectors in '\(path)'", path: path
      )
    }
  }

  /// The next vectors, at most `maximumCount` of them, or the next bad line; nil at the end.
  /// - Throws: `.corrupt` from `.fvecs` and packed streams, `.ioError`.
  package func next(_ maximumCount: Int) throws(InterchangeError) -> Outcome? {
    precondition(maximumCount >= 1, "a batch needs room")
    switch backend {
    case .npy(let file):
      return try fixedBatch(maximumCount) { (range, destination) throws(InterchangeError) in
        file.copyRows(range, into: destination)
      }
    case .fvecs(let file):
      return try fixedBatch(maximumCount) { (range, destination) throws(InterchangeError) in
        for row in range {
          try file.copyRow(row, into: destination + (row - range.lowerBound) * file.columns)
        }
      }
    case .json(let texts): return try lineBatch(maximumCount, of: texts)
    }
  }

  private func fixedBatch(
    _ maximumCount: Int,
    _ copy: (Range<Int>, UnsafeMutablePointer<Float>) throws(InterchangeError) -> Void
  ) throws(InterchangeError) -> Outcome? {
    guard let count, let dimension, nextRow < count else { return nil }
    let range = nextRow..<nextRow + min(maximumCount, count - nextRow)
    var failure: InterchangeError?
    var batch = VectorBatch(dimension: dimension)
    batch.values = [Float](unsafeUninitializedCapacity: range.count * dimension) { buffer, used in
      guard let base = buffer.baseAddress else { return }
      do throws(InterchangeError) {
        try copy(range, base)
        used = range.count * dimension
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    batch.ids = ids.map { Array($0[range]) } ?? range.map(\.description)
    nextRow = range.upperBound
    return .batch(batch)
  }

  private func lineBatch(
    _ maximumCount: Int, of texts: any JSONTexts
  ) throws(InterchangeError) -> Outcome? {
    if let bad = pendingBad {
      pendingBad = nil
      return .bad(bad)
    }
    var batch = VectorBatch(dimension: dimension ?? 0)
    while batch.count < maximumCount, let text = try texts.nextText() {
      let bad: BadRow?
      switch text {
      case .bad(let row): bad = row
      case .text(let raw, let lineNumber): bad = add(raw, lineNumber, to: &batch)
      }
      if let bad {
        if batch.count == 0 { return .bad(bad) }
        pendingBad = bad
        break
      }
    }
    return batch.count > 0 ? .batch(batch) : nil
  }

  /// Adds the vector of one line to the batch, or says what is wrong with it.
  private func add(_ raw: UnsafeRawBufferPointer, _ lineNumber: Int, to batch: inout VectorBatch) -> BadRow? {
    let used = batch.values.count
    func bad(_ reason: BadRow.Reason, _ message: String) -> BadRow {
      batch.values.removeLast(batch.values.count - used)
      return BadRow(reason: reason, message: message, lineNumber: lineNumber, column: nil, raw: raw)
    }
    do throws(JSONFault) {
      let line = try VectorLine.parse(raw, limits: JSONLimits(), appendingTo: &batch.values)
      guard let id = line.id, !id.isEmpty else {
        return bad(.missingID, "\"id\" is missing, empty, or neither a string nor a number")
      }
      if let fault = line.vectorFault ?? line.attributesFault { throw fault }
      let length = batch.values.count - used
      guard line.hasVector, length > 0 else { return bad(.badVector, "\"vector\" is missing or empty") }
      if let dimension, length != dimension {
        return bad(.wrongDimension, "a vector of \(length) numbers where \(dimension) are wanted")
      }
      for key in line.ignoredKeys.map({ Array($0.utf8) })
      where ignoredCounts.count < Self.ignoredKeyLimit || ignoredCounts[key] != nil {
        ignoredCounts[key, default: 0] += 1
      }
      dimension = length
      batch.dimension = length
      batch.ids.append(id)
      batch.lineNumbers.append(lineNumber)
      if line.attributes != nil || !batch.attributes.isEmpty {
        let missing = batch.ids.count - 1 - batch.attributes.count
        batch.attributes.append(contentsOf: repeatElement(nil, count: missing))
        batch.attributes.append(line.attributes)
      }
      return nil
    } catch {
      batch.values.removeLast(batch.values.count - used)
      return BadRow(error, raw: raw, lineNumber: lineNumber)
    }
  }
}
