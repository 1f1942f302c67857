import Platform
import SessionEncoder
import Tensors

extension TrainingWorker {
  /// Targets whose scores of all items are made at once: they stay in the third-level cache.
  private static var chunk: Int { 128 }

  /// Softmax over all items but some, a chunk of targets at a time, with both gradients made from the chunk's scores.
  func fullSoftmax(
    _ vectors: UnsafePointer<R>, leavingOut left: [UInt32], _ outputs: UnsafePointer<R>,
    _ slopes: UnsafeMutablePointer<R>, _ losses: UnsafeMutablePointer<R>, _ weight: R, _ smoothing: R
  ) {
    let (width, items) = (model.configuration.dimension, model.configuration.itemCount)
    let logits = logits.reserve(Self.chunk * items)
    let uniform = weight * smoothing / R(items - left.count)
    for first in stride(from: 0, to: targets.count, by: Self.chunk) {
      let rows = min(Self.chunk, targets.count - first)
      let part = outputs + first * width
      workspace.multiplyTransposed(part, vectors, m: rows, n: items, k: width, into: logits)
      setScores(of: left, to: -.greatestFiniteMagnitude / 2, logits, rows, items)
      targets.withUnsafeBufferPointer { targets in
        guard let targets = targets.baseAddress else { return }
        R.softmaxGradient(logits, items, rows, items, targets + first, weight, losses + first)
        if smoothing > 0 {
          // The gradient is p - y, and y is spread: a share of the target's goes to all.
          for row in 0..<rows {
            let line = logits + row * items
            for item in 0..<items { line[item] -= uniform }
            line[Int(targets[first + row])] += weight * smoothing
          }
        }
      }
      weigh(logits, items, first..<first + rows, losses)
      if smoothing > 0 { setScores(of: left, to: 0, logits, rows, items) }
      workspace.multiply(logits, vectors, m: rows, n: width, k: items, into: slopes + first * width)
      workspace.addProduct(
        transposing: logits, part, m: items, n: width, k: rows, to: gradients + model.items.rows.offset)
    }
  }

  /// Multiplies the gradients by scores of some targets by what the targets weigh. One that weighs less than 0 has the
  /// gradient of -log(1 - p), which is that of -log p times -p / (1 - p), here at least -1 (Welleck et al. 2020,
  /// unlikelihood).
  /// - Parameters:
  ///   - gradients: [chosen, columns]
  ///   - losses: -log p of all targets.
  private func weigh(
    _ gradients: UnsafeMutablePointer<R>, _ columns: Int, _ chosen: Range<Int>,
    _ losses: UnsafeMutablePointer<R>
  ) {
    guard !targetWeights.isEmpty else { return }
    for (row, target) in chosen.enumerated() {
      var factor = Double(targetWeights[target])
      if factor < 0 {
        let probability = exp(-Double(losses[target]))
        factor *= min(1, probability / max(1e-12, 1 - probability))
      }
      if factor != 1 { R.scale(gradients + row * columns, columns, R(factor)) }
    }
  }

  private func setScores(
    of chosen: [UInt32], to value: R, _ scores: UnsafeMutablePointer<R>, _ rows: Int, _ items: Int
  ) {
    for row in 0..<rows { for item in chosen { scores[row * items + Int(item)] = value } }
  }

  /// Softmax over the target, whose vectors are made, and negatives, the same for all targets of the part; a negative
  /// that is the target itself does not count.
  func sampledSoftmax(
    _ parameters: UnsafePointer<R>, _ outputs: UnsafePointer<R>, _ slopes: UnsafeMutablePointer<R>,
    _ losses: UnsafeMutablePointer<R>, _ weight: R, drawn: [UInt32], corrections: [Float],
    rowDropout: ItemTable.RowDropout
  ) {
    let (width, count, rows) = (model.configuration.dimension, drawn.count, targets.count)
    let negatives = model.items.forward(parameters, drawn, rowDropout, negatives, workspace)
    let positives = positives.start
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
    weigh(logits, columns, 0..<rows, losses)
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
      gradients: gradients, negativeSlopes, rowDropout, touched: &touched, self.negatives, workspace)
    model.items.backward(
      gradients: gradients, positiveSlopes, rowDropout, touched: &touched, self.positives, workspace)
  }
}
