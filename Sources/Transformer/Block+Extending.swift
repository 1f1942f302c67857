package import Tensors

// Encoding without a backward pass: further tokens of one sequence, whose earlier ones are in caches. With empty caches
// it is the encoding of a whole sequence.

extension Linear {
  /// x [rows, input] to y [rows, output] by the weights' rows from `first` on; for few rows without packing the
  /// weights.
  func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, outputs: Range<Int>? = nil,
    into y: UnsafeMutablePointer<R>, _ workspace: Workspace<R>
  ) {
    let outputs = outputs ?? 0..<output
    let matrix = parameters + weight.offset + outputs.lowerBound * input
    let bias = bias.map { parameters + $0.offset + outputs.lowerBound }
    // Packing a matrix costs about as much as two products with it.
    guard rows > 3 else {
      for row in 0..<rows {
        R.project(matrix, bias, x + row * input, outputs.count, input, y + row * outputs.count)
      }
      return
    }
    workspace.multiplyTransposed(x, matrix, m: rows, n: outputs.count, k: input, into: y)
    if let bias { R.addBias(bias, rows, outputs.count, y) }
  }
}

extension SelfAttention {
  /// Attends from new tokens to themselves and all before; what a token of a former call sees stays as it was.
  /// - Parameter asked: how many of the newest tokens are answered: y [asked, d].
  func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, asked: Int, _ cache: KeyValueCache<R>,
    rotary: RotaryTable<R>?, into y: UnsafeMutablePointer<R>, _ buffers: ServingBuffers<R>
  ) {
    let before = cache.count
    let positions = (before..<(before + rows)).map { UInt32($0) }
    let added = cache.append(rows)
    projection.extend(parameters, x, rows: rows, outputs: width..<(3 * width), into: added, buffers.workspace)
    rotary?.turn(added, ld: 2 * width, heads: heads, width: headWidth, positions: positions)
    let queries = buffers.queries.reserve(asked * width)
    projection.extend(
      parameters, x + (rows - asked) * width, rows: asked, outputs: 0..<width, into: queries,
      buffers.workspace)
    rotary?.turn(
      queries, ld: width, heads: heads, width: headWidth, positions: Array(positions.suffix(asked)))
    let attended = buffers.attended.reserve(asked * width)
    let probabilities = buffers.probabilities.reserve(asked * cache.count)
    for head in 0..<heads {
      let place = head * headWidth
      R.attention(
        queries + place, width, cache.keys + place, cache.values + place, 2 * width, asked, cache.count,
        cache.count - asked + shift(cache.count), headWidth, R(1 / Double(headWidth).squareRoot()), 0, 0,
        attended + place, width,
        probabilities, buffers.workspace.packed)
    }
    output.extend(parameters, attended, rows: asked, into: y, buffers.workspace)
  }
}

extension FeedForward {
  func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, into y: UnsafeMutablePointer<R>,
    _ buffers: ServingBuffers<R>
  ) {
    let raised = buffers.raised.reserve(rows * up.output)
    let active = buffers.active.reserve(rows * down.input)
    up.extend(parameters, x, rows: rows, into: raised, buffers.workspace)
    switch activation {
    case .relu: R.relu(raised, rows * up.output, active)
    case .gelu: R.gelu(raised, rows * up.output, active)
    case .swiglu: R.swiglu(raised, rows, down.input, active)
    }
    down.extend(parameters, active, rows: rows, into: y, buffers.workspace)
  }
}

extension Block {
  /// New tokens x [rows, d] to y [asked, d], those of the newest `asked`.
  package func extend<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, rows: Int, asked: Int, _ cache: KeyValueCache<R>,
    rotary: RotaryTable<R>?, into y: UnsafeMutablePointer<R>, _ buffers: ServingBuffers<R>
  ) {
    let width = configuration.width
    let normed = buffers.normed.reserve(rows * width)
    let added = buffers.added.reserve(asked * width)
    attentionNorm.forward(parameters, x, rows: rows, into: normed, tape: buffers.moments.reserve(2 * rows))
    attention.extend(
      parameters, normed, rows: rows, asked: asked, cache, rotary: rotary, into: added, buffers)
    let newest = x + (rows - asked) * width
    let between = buffers.between.reserve(asked * width)
    add(parameters, newest, added, rows: asked, attentionGate, into: between, buffers)
    feedForwardNorm.forward(
      parameters, between, rows: asked, into: normed, tape: buffers.moments.reserve(2 * asked))
    feedForward.extend(parameters, normed, rows: asked, into: added, buffers)
    add(parameters, between, added, rows: asked, feedForwardGate, into: y, buffers)
  }

  /// y = x + added, the second part gated by sigmoid(W x) where there is a gate.
  private func add<R: TensorScalar>(
    _ parameters: UnsafePointer<R>, _ x: UnsafePointer<R>, _ added: UnsafePointer<R>, rows: Int,
    _ gate: Linear?, into y: UnsafeMutablePointer<R>, _ buffers: ServingBuffers<R>
  ) {
    let count = rows * configuration.width
    if let gate {
      let open = buffers.gate.reserve(count)
      gate.extend(parameters, x, rows: rows, into: open, buffers.workspace)
      R.gate(open, added, count, y)
    } else {
      y.update(from: added, count: count)
    }
    R.add(x, count, 1, y)
  }
}

/// Memory for encoding without a backward pass, kept from call to call.
package final class ServingBuffers<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
  let workspace = Workspace<R>()
  let normed = Buffer<R>()
  let moments = Buffer<R>()
  let added = Buffer<R>()
  let between = Buffer<R>()
  let queries = Buffer<R>()
  let attended = Buffer<R>()
  let probabilities = Buffer<R>()
  let raised = Buffer<R>()
  let active = Buffer<R>()
  let gate = Buffer<R>()

  package init() {}
}
