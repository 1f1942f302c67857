import HNSW
import Records
import VectorMath

extension SpaceRecord {
  /// How records of the base layer are laid out.
  var linkFormat: LinkFormat { LinkFormat(count: 2 * definition.m, bits: linkBits) }
}

extension SpaceDefinition {
  var graphParameters: GraphParameters {
    GraphParameters(m: m, efConstruction: efConstruction, seed: seed)
  }

  /// The parts of a node's record of links that a search walks over.
  var linkSection: LinkSection { hasTwoLists ? .both(m: m) : .whole(m: m) }

  private var hasTwoLists: Bool { shape.metric == .dot && shape.normBound > 0 }

  /// How links are chosen.
  ///
  /// Inner products are no metric: by them nearly every node chooses the same few long vectors, and most nodes are
  /// chosen by none. So half of a dot space's links are chosen by inner product, which is the way to the long vectors
  /// (ip-NSW, Morozov and Babenko 2018), and half among rows augmented to one norm, which leads to every node.
  /// - Parameter distance: between rows, or their codes.
  func linkRules(_ distance: DistanceFunction) -> [LinkRule] {
    guard hasTwoLists else { return [LinkRule(distance: distance, section: .whole(m: m))] }
    return [
      LinkRule(distance: distance, section: .first(m: m)),
      LinkRule(distance: distance.augmented(bound: shape.normBound), section: .second(m: m)),
    ]
  }
}
