import Basics
import Platform
import Records

/// The numbers that shape a graph, named as in Malkov and Yashunin (2018).
package struct GraphParameters: Sendable, Equatable {
  /// The most links a node keeps in each upper layer, and about what a new one chooses. 2…128.
  package let m: Int
  /// Candidates examined while inserting; at least `m`.
  package let efConstruction: Int
  /// Seeds the levels and the order of insertion.
  package let seed: UInt64

  package init(m: Int, efConstruction: Int, seed: UInt64) {
    self.m = m
    self.efConstruction = max(efConstruction, m)
    self.seed = seed
  }

  /// The most links a node keeps in the base layer.
  package var m0: Int { 2 * m }

  /// Links a new node chooses: `m`, and in the base layer a quarter more, because batches and a random order lose a
  /// little that one-at-a-time insertion finds. At m 16, efConstruction 200 on 120,000 title vectors recall@10 at ef 64
  /// and 200 is 0.961, 0.991 with m and 0.964, 0.992 with the quarter, at 1.05 times the distances.
  ///
  /// A graph that has a part of the records only chooses in proportion.
  package func chosenLinks(layer: Int, in section: LinkSection) -> Int {
    layer == 0 ? max(1, (m + m / 4) * section.base.width / m0) : section.upper.width
  }

  /// The level of `slot`: ⌊-ln(u) / ln(m)⌋ with u uniform in (0, 1], drawn from the seed and the slot alone, so that
  /// neither the order of insertion nor the number of threads changes it.
  package func level(of slot: Slot) -> Int {
    let z = SeededGenerator.mixed(seed &+ (UInt64(slot.rawValue) &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    let uniform = (Double(z >> 11) + 1) * 0x1p-53
    return min(UpperBlock.levelLimit, Int(-log(uniform) / log(Double(m))))
  }
}
