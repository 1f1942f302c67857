import Basics
package import Tensors

/// The forward and the backward pass of Mult-VAE for one batch (Liang, Krishnan, Hoffman and Jebara 2018): a bag of
/// items x becomes the mean and the variance of a code z, and z the logits of all items.
///
/// Products are cut into blocks of a fixed number of rows, so that results do not depend on the number of threads.
// Unchecked: the memory is used by one batch at a time; the threads of a batch write to parts of their own.
package final class VariationalNetwork<R: TensorScalar>: @unchecked Sendable {
  let shape: VariationalShape
  let threads: Int
  let workspaces: [Workspace<R>]
  /// [B, H], [B, 2 Z], [B, Z], [B, H], [B, I]
  private let first = Buffer<R>()
  private let code = Buffer<R>()
  private let drawn = Buffer<R>()
  private let second = Buffer<R>()
  private let logits = Buffer<R>()
  /// Gradients of `second`, `drawn`, `code` and `first`.
  private let secondSlopes = Buffer<R>()
  private let drawnSlopes = Buffer<R>()
  private let codeSlopes = Buffer<R>()
  private let firstSlopes = Buffer<R>()

  package init(_ shape: VariationalShape, threads: Int) {
    self.shape = shape
    self.threads = threads
    workspaces = (0..<threads).map { _ in Workspace<R>() }
  }

  /// The logits [B, I], valid until the next call.
  /// - Parameter noise: [B, Z] of the normal distribution, which z = mean + deviation · noise is drawn with; nil takes
  ///   the mean.
  package func forward(
    _ weights: UnsafePointer<R>, _ bags: ItemBags<R>, noise: UnsafePointer<R>? = nil
  ) -> UnsafeMutablePointer<R> {
    let (rows, items, hidden, latent) = (bags.count, shape.items, shape.hidden, shape.latent)
    // unchecked: each row is written by one thread
    nonisolated(unsafe) let (weights, noise, first, code, drawn, second, logits) = (
      weights, noise, first.reserve(rows * hidden), code.reserve(rows * 2 * latent),
      drawn.reserve(rows * latent), second.reserve(rows * hidden), logits.reserve(rows * items)
    )
    forEachRow(rows) { [shape] row in
      let line = first + row * hidden
      line.update(from: weights + shape.inputBias.lowerBound, count: hidden)
      for place in bags.range(row) where bags.inputs[place] != 0 {
        let item = weights + shape.input.lowerBound + Int(bags.items[place]) * hidden
        R.add(item, hidden, bags.inputs[place], line)
      }
      Self.applyTanh(line, hidden)
    }
    multiplyTransposed(first, weights + shape.code.lowerBound, m: rows, n: 2 * latent, k: hidden, into: code)
    forEachRow(rows) { [shape] row in
      let (line, z) = (code + row * 2 * latent, drawn + row * latent)
      R.add(weights + shape.codeBias.lowerBound, 2 * latent, 1, line)
      z.update(from: line, count: latent)
      guard let noise else { return }
      for index in 0..<latent {
        z[index] += Self.exponential(line[latent + index] / 2) * noise[row * latent + index]
      }
    }
    multiplyTransposed(drawn, weights + shape.decoder.lowerBound, m: rows, n: hidden, k: latent, into: second)
    forEachRow(rows) { [shape] row in
      R.add(weights + shape.decoderBias.lowerBound, hidden, 1, second + row * hidden)
      Self.applyTanh(second + row * hidden, hidden)
    }
    multiplyTransposed(second, weights + shape.output.lowerBound, m: rows, n: items, k: hidden, into: logits)
    forEachRow(rows) { [shape] row in
      R.add(weights + shape.outputBias.lowerBound, items, 1, logits + row * items)
    }
    return logits
  }

  /// The loss of a batch, and its gradients: the mean over users of -Σ log softmax(logits) over their items plus
  /// beta · KL(N(mean, variance) || N(0, 1)).
  /// - Parameters:
  ///   - noise: [B, Z], as for `forward`.
  ///   - gradients: of all weights, replaced.
  package func loss(
    _ weights: UnsafePointer<R>, _ bags: ItemBags<R>, noise: UnsafePointer<R>, beta: R,
    gradients: UnsafeMutablePointer<R>
  ) -> R {
    _ = forward(weights, bags, noise: noise)
    R.clear(gradients, shape.weightCount)
    let share = 1 / R(bags.count)
    let loss = likelihoodLoss(bags, share)
    backwardDecoder(weights, bags.count, gradients)
    let divergence = backwardCode(bags.count, noise, beta, share)
    backwardEncoder(weights, bags, gradients)
    return loss + beta * divergence
  }

  /// Replaces the logits by their gradients.
  private func likelihoodLoss(_ bags: ItemBags<R>, _ share: R) -> R {
    let items = shape.items
    // unchecked: each row is written by one thread
    nonisolated(unsafe) let (logits, losses) = (logits.start, drawnSlopes.reserve(bags.count))
    forEachRow(bags.count) { row in
      let line = logits + row * items
      let own = bags.range(row)
      // The kernel has one target a row: its gradient is p - 1 there, and its loss that of the first item.
      var target = own.isEmpty ? UInt32.max : bags.items[own.lowerBound]
      var others: R = 0
      for place in own { others += line[Int(target)] - line[Int(bags.items[place])] }
      let weight = share * R(own.count)
      R.softmaxGradient(line, items, 1, items, &target, weight, losses + row)
      losses[row] = R(own.count) * losses[row] + others
      guard !own.isEmpty else { return }
      line[Int(target)] += weight
      for place in own { line[Int(bags.items[place])] -= share }
    }
    var sum: R = 0
    for row in 0..<bags.count { sum += losses[row] }
    return sum * share
  }

  private func backwardDecoder(
    _ weights: UnsafePointer<R>, _ rows: Int, _ gradients: UnsafeMutablePointer<R>
  ) {
    let (items, hidden, latent) = (shape.items, shape.hidden, shape.latent)
    let (logits, second) = (logits.start, second.start)
    let (slopes, drawnSlopes) = (secondSlopes.reserve(rows * hidden), drawnSlopes.reserve(rows * latent))
    addProduct(
      transposing: logits, second, m: items, n: hidden, k: rows, to: gradients + shape.output.lowerBound)
    R.sumRows(logits, rows, items, gradients + shape.outputBias.lowerBound)
    multiply(logits, weights + shape.output.lowerBound, m: rows, n: hidden, k: items, into: slopes)
    Self.backwardTanh(second, slopes, rows * hidden)
    addProduct(
      transposing: slopes, drawn.start, m: hidden, n: latent, k: rows,
      to: gradients + shape.decoder.lowerBound)
    R.sumRows(slopes, rows, hidden, gradients + shape.decoderBias.lowerBound)
    multiply(slopes, weights + shape.decoder.lowerBound, m: rows, n: latent, k: hidden, into: drawnSlopes)
  }

  /// The gradients of mean and log variance, from those of z and from the divergence, which is returned.
  private func backwardCode(_ rows: Int, _ noise: UnsafePointer<R>, _ beta: R, _ share: R) -> R {
    let latent = shape.latent
    let (code, drawnSlopes, slopes) = (code.start, drawnSlopes.start, codeSlopes.reserve(rows * 2 * latent))
    var divergence: R = 0
    for row in 0..<rows {
      for index in 0..<latent {
        let place = row * 2 * latent + index
        let (mean, logVariance, slope) = (
          code[place], code[place + latent], drawnSlopes[row * latent + index]
        )
        let deviation = Self.exponential(logVariance / 2)
        let variance = deviation * deviation
        divergence += (variance + mean * mean - 1 - logVariance) / 2
        slopes[place] = slope + beta * share * mean
        slopes[place + latent] =
          (slope * noise[row * latent + index] * deviation + beta * share * (variance - 1)) / 2
      }
    }
    return divergence * share
  }

  private func backwardEncoder(
    _ weights: UnsafePointer<R>, _ bags: ItemBags<R>, _ gradients: UnsafeMutablePointer<R>
  ) {
    let (rows, hidden, latent) = (bags.count, shape.hidden, shape.latent)
    let (codeSlopes, first) = (codeSlopes.start, first.start)
    addProduct(
      transposing: codeSlopes, first, m: 2 * latent, n: hidden, k: rows, to: gradients + shape.code.lowerBound
    )
    R.sumRows(codeSlopes, rows, 2 * latent, gradients + shape.codeBias.lowerBound)
    // unchecked: read by all threads, and each writes columns of its own
    nonisolated(unsafe) let (slopes, inputs) = (
      firstSlopes.reserve(rows * hidden), gradients + shape.input.lowerBound
    )
    multiply(codeSlopes, weights + shape.code.lowerBound, m: rows, n: hidden, k: 2 * latent, into: slopes)
    Self.backwardTanh(first, slopes, rows * hidden)
    R.sumRows(slopes, rows, hidden, gradients + shape.inputBias.lowerBound)
    // Several users may have an item, so columns are shared out, not users.
    parallelFor(count: hidden, threads: threads, chunk: Self.block) { _, columns in
      for row in 0..<rows {
        for place in bags.range(row) where bags.inputs[place] != 0 {
          R.add(
            slopes + row * hidden + columns.lowerBound, columns.count, bags.inputs[place],
            inputs + Int(bags.items[place]) * hidden + columns.lowerBound)
        }
      }
    }
  }
}
