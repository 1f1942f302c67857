package import Basics
package import Tensors

/// Encodes many sequences at once. For one sequence at a time there is a faster way.
package final class BatchEncoder<R: TensorScalar>: @unchecked Sendable {  // used by one thread at a time
  package let workspace = Workspace<R>()
  private let model: SessionModel
  private let tape: SessionModel.Tape<R>
  private let lasts = Buffer<R>()
  private var tokens = SessionTokens()

  package init(_ model: SessionModel) {
    self.model = model
    tape = SessionModel.Tape(model)
  }

  /// The query vectors [histories.count, interests, dimension], valid until the next call.
  /// - Parameters:
  ///   - histories: places in the set, at least one event each; the newest of them are looked at.
  ///   - vectors: of all items [items, dimension].
  package func encode(
    _ parameters: UnsafePointer<R>, _ histories: some Collection<Range<Int>>, of set: SequenceSet,
    vectors: UnsafePointer<R>
  ) -> UnsafeMutablePointer<R> {
    tokens.removeAll()
    for history in histories { tokens.append(history.suffix(model.configuration.maximumLength), of: set) }
    return encode(parameters, tokens, vectors: vectors, rows: tokens.items)
  }

  /// The query vectors [sequences, interests, dimension] of some tokens, valid until the next call.
  /// - Parameters:
  ///   - vectors: of items [_, dimension].
  ///   - rows: the row of each token's item among them.
  package func encode(
    _ parameters: UnsafePointer<R>, _ tokens: SessionTokens, vectors: UnsafePointer<R>, rows: [UInt32]
  ) -> UnsafeMutablePointer<R> {
    let width = model.configuration.interestCount * model.configuration.dimension
    let (tokens, rows) =
      model.configuration.architecture == .masked ? tokens.askingForNext(rows: rows) : (tokens, rows)
    let outputs = model.forward(
      parameters, tokens, vectors: vectors, rows: rows, dropout: .none, tape, workspace)
    let count = tokens.sequences.count
    let queries = lasts.reserve(count * width)
    for index in 0..<count {
      (queries + index * width).update(
        from: outputs + (tokens.sequences.offsets[index + 1] - 1) * width, count: width)
    }
    return queries
  }
}
