import Tensors
package import Transformer

/// What turns a sequence's tokens into query vectors.
package enum Architecture: String, Sendable, Codable, CaseIterable {
  /// Blocks with attention to the tokens before; each token is asked for the next (SASRec; Kang and McAuley 2018).
  case transformer
  /// Gated recurrent units (GRU4Rec; Hidasi et al. 2016).
  case gru
  /// Long short-term memory.
  case lstm
  /// Blocks with attention to all tokens; masked tokens are asked for their items (BERT4Rec; Sun et al. 2019).
  case masked

  /// Which recurrent layers it has, where it has such.
  package var recurrentKind: RecurrentKind? {
    switch self {
    case .transformer, .masked: nil
    case .gru: .gru
    case .lstm: .lstm
    }
  }
}

/// How a token's place in its sequence is encoded.
package enum PositionKind: String, Sendable, Codable {
  /// Queries and keys are turned by their positions, so that attention sees distances (Su et al. 2021).
  case rotary
  /// A learned vector for each place, added to the token.
  case learned
}

/// The shape of a session model.
package struct SessionConfiguration: Sendable, Hashable, Codable {
  /// Items that can be tokens and answers.
  package var itemCount: Int
  package var architecture = Architecture.transformer
  /// What is known of items beside their events: words and attributes, each a learned vector. 0 for none.
  package var featureCount = 0
  /// Elements of the content vectors that items have in other spaces, all together. 0 for none.
  package var contentWidth = 0
  /// What is known of users beside their events: attributes, each a learned vector. 0 for none.
  package var profileFeatureCount = 0
  /// Kinds of events that tokens tell apart; 0 or 1 for none.
  package var kindCount = 0
  /// Whether tokens tell how long ago the event before was, in buckets as `TimeGap` makes them.
  package var hasTimeGaps = false
  /// Elements of item and query vectors, 16 to 512.
  package var dimension = 64
  /// Blocks or recurrent layers, 1 to 8.
  package var blockCount = 2
  /// Heads of attention, a divisor of `dimension`.
  package var heads = 2
  /// Elements between the feed-forward matrices, or of a recurrent layer's state, in dimensions.
  package var expansion = 4
  package var activation = Activation.gelu
  package var normalization = NormalizationKind.layer
  package var isGated = false
  /// How many of the newest events of a sequence are used, 1 to 1,000.
  package var maximumLength = 50
  package var positions = PositionKind.rotary
  /// Query vectors that a sequence has, 1 to 16; an item's score is that of the nearest.
  package var interestCount = 1
  /// The temperature of a softmax over cosines; nil compares by inner product.
  package var temperature: Double?

  package init(itemCount: Int) { self.itemCount = itemCount }

  var block: BlockConfiguration {
    BlockConfiguration(
      width: dimension, heads: heads, hidden: expansion * dimension, activation: activation,
      normalization: normalization, isGated: isGated, isCausal: architecture != .masked)
  }

  /// Places of a sequence: a masked one ends with a token that asks for what comes next.
  var positionCount: Int { maximumLength + (architecture == .masked ? 1 : 0) }

  /// The table of rotary positions, where there are such.
  func rotary<R: TensorScalar>() -> RotaryTable<R>? {
    guard positions == .rotary, architecture.recurrentKind == nil else { return nil }
    return RotaryTable(positions: positionCount, width: dimension / heads)
  }

  func layer(_ name: String, in layout: inout ParameterLayout) -> SequenceLayer {
    guard let kind = architecture.recurrentKind else { return .attention(Block(name, block, in: &layout)) }
    return .recurrent(
      RecurrentBlock(
        name, kind, width: dimension, hidden: expansion * dimension, normalization, in: &layout))
  }
}
