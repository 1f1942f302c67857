import SessionEncoder
import Transformer
import VectorMath

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The vectors of all items in one step, unless said otherwise [items, width].
struct ItemVectors<R: Real>: @unchecked Sendable {  // read alone while workers have it
  let rows: UnsafePointer<R>
  /// The same [width, items].
  let columns: UnsafePointer<R>
  /// The length of the longest.
  let longest: R
}

extension TrainingWorker {
  /// Targets whose scores are made at once.
  private static var chunk: Int { 128 }
  /// Items whose scores are made at once: with a chunk's they stay in the second-level cache.
  private static var block: Int { 768 }
  /// A row of a block, with room behind it so that rows do not share the first-level cache's few places.
  private static var blockStride: Int { 784 }
  /// Powers of scores that are so much below their bound, and as much below 0, are still numbers.
  private static var largestBound: R { 40 }

  /// Softmax over all items, with both gradients.
  func fullSoftmax(
    _ items: ItemVectors<R>, _ outputs: UnsafePointer<R>, _ slopes: UnsafeMutablePointer<R>,
    _ losses: UnsafeMutablePointer<R>, _ weight: R
  ) {
    let width = model.configuration.dimension
    for first in stride(from: 0, to: tokens.count, by: Self.chunk) {
      let rows = first..<min(tokens.count, first + Self.chunk)
      let bounds = rows.map { row in
        let output = outputs + row * width
        return R.dot(output, output, width).squareRoot() * items.longest
      }
      if bounds.allSatisfy({ $0 <= Self.largestBound }) {
        boundedSoftmax(items, rows, bounds, outputs, slopes, losses, weight)
      } else {
        softmax(items, rows, outputs, slopes, losses, weight)
      }
    }
  }

  /// A chunk of targets, with a pass over all scores for the largest of each, one for powers and sums, one for gradients.
  private func softmax(
    _ all: ItemVectors<R>, _ chunk: Range<Int>, _ outputs: UnsafePointer<R>,
    _ slopes: UnsafeMutablePointer<R>,
    _ losses: UnsafeMutablePointer<R>, _ weight: R
  ) {
    let (width, items, rows) = (model.configuration.dimension, model.configuration.itemCount, chunk.count)
    let logits = logits.reserve(rows * items)
    let part = outputs + chunk.lowerBound * width
    workspace.multiply(part, all.columns, m: rows, n: items, k: width, into: logits)
    targets.withUnsafeBufferPointer { targets in
      guard let targets = targets.baseAddress else { return }
      R.softmaxGradient(
        logits, items, rows, items, targets + chunk.lowerBound, weight, losses + chunk.lowerBound)
    }
    workspace.multiply(
      logits, all.rows, m: rows, n: width, k: items, into: slopes + chunk.lowerBound * width)
    workspace.addProduct(
      transposing: logits, part, m: items, n: width, k: rows, to: gradients + model.items.rows.offset)
  }

  /// A chunk of targets whose scores are known to be at most `bounds`, so that powers are made as soon as scores are, block
  /// by block of items: what is left of each is a factor of its row, and what belongs to its target.
  private func boundedSoftmax(
    _ all: ItemVectors<R>, _ chunk: Range<Int>, _ bounds: [R], _ outputs: UnsafePointer<R>,
    _ slopes: UnsafeMutablePointer<R>, _ losses: UnsafeMutablePointer<R>, _ weight: R
  ) {
    let (width, items, rows) = (model.configuration.dimension, model.configuration.itemCount, chunk.count)
    let (part, slopes) = (outputs + chunk.lowerBound * width, slopes + chunk.lowerBound * width)
    let table = gradients + model.items.rows.offset
    let blocks = stride(from: 0, to: items, by: Self.block).map { $0..<min(items, $0 + Self.block) }
    let powers = logits.reserve(blocks.count * rows * Self.blockStride)
    let sums = sums.zeroed(rows)
    for (number, block) in blocks.enumerated() {
      let powers = powers + number * rows * Self.blockStride
      workspace.multiply(
        transposing: false, part, stride: width, transposing: false, all.columns + block.lowerBound,
        stride: items, m: rows, n: block.count, k: width, factor: 1, accumulate: false, into: powers,
        stride: Self.blockStride)
      R.exponentiate(powers, Self.blockStride, rows, block.count, bounds, sums)
      workspace.multiply(
        transposing: false, powers, stride: Self.blockStride, transposing: false,
        all.rows + block.lowerBound * width, stride: width, m: rows, n: width, k: block.count, factor: 1,
        accumulate: number > 0, into: slopes, stride: width)
    }
    let scaled = scaledOutputs.zeroed(rows * width)
    for row in 0..<rows {
      let target = Int(targets[chunk.lowerBound + row])
      let (output, vector) = (part + row * width, all.rows + target * width)
      losses[chunk.lowerBound + row] = R(log(Double(sums[row]))) + bounds[row] - R.dot(output, vector, width)
      R.add(output, width, weight / sums[row], scaled + row * width)
      R.scale(slopes + row * width, width, weight / sums[row])
      R.add(vector, width, -weight, slopes + row * width)
      R.add(output, width, -weight, table + target * width)
    }
    for (number, block) in blocks.enumerated() {
      workspace.multiply(
        transposing: true, powers + number * rows * Self.blockStride, stride: Self.blockStride,
        transposing: false, scaled, stride: width, m: block.count, n: width, k: rows, factor: 1,
        accumulate: true, into: table + block.lowerBound * width, stride: width)
    }
  }

  /// Softmax over the target, whose vectors are made, and negatives, the same for all targets of the part; a negative that
  /// is the target itself does not count.
  func sampledSoftmax(
    _ parameters: UnsafePointer<R>, _ outputs: UnsafePointer<R>, _ slopes: UnsafeMutablePointer<R>,
    _ losses: UnsafeMutablePointer<R>, _ weight: R, drawn: [UInt32], corrections: [Float],
    rowDropout: ItemTable.RowDropout
  ) {
    let (width, count, rows) = (model.configuration.dimension, drawn.count, tokens.count)
    let negatives = negativeVectors.reserve(count * width)
    model.items.vectors(parameters, of: drawn, rowDropout, into: negatives)
    let positives = targetVectors.start
    let columns = count + 1
    let logits = logits.reserve(rows * columns)
    let scores = workspace.scores.reserve(rows * count)
    workspace.multiplyTransposed(outputs, negatives, m: rows, n: count, k: width, into: scores)
    let drawnCorrections = corrections.isEmpty ? [] : drawn.map { R(corrections[Int($0)]) }
    for (row, target) in targets.enumerated() {
      let line = logits + row * columns
      line.update(from: scores + row * count, count: count)
      if !drawnCorrections.isEmpty { R.add(drawnCorrections, count, -1, line) }
      for index in 0..<count where drawn[index] == target { line[index] = -.greatestFiniteMagnitude / 2 }
      line[count] = R.dot(outputs + row * width, positives + row * width, width)
    }
    let last = [UInt32](repeating: UInt32(count), count: rows)
    R.softmaxGradient(logits, columns, rows, columns, last, weight, losses)
    let positiveSlopes = targetSlopes.zeroed(rows * width)
    for row in 0..<rows {
      let line = logits + row * columns
      (scores + row * count).update(from: line, count: count)
      R.add(outputs + row * width, width, line[count], positiveSlopes + row * width)
    }
    workspace.multiply(scores, negatives, m: rows, n: width, k: count, into: slopes)
    for row in 0..<rows {
      R.add(positives + row * width, width, logits[row * columns + count], slopes + row * width)
    }
    let negativeSlopes = negativeSlopes.zeroed(count * width)
    workspace.addProduct(transposing: scores, outputs, m: count, n: width, k: rows, to: negativeSlopes)
    model.items.backward(
      parameters, gradients: gradients, of: drawn, negativeSlopes, rowDropout, touched: &touched)
    model.items.backward(
      parameters, gradients: gradients, of: targets, positiveSlopes, rowDropout, touched: &touched)
  }
}
