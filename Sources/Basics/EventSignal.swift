/// What an event counts, and whether it is to be predicted.
package struct EventSignal: Equatable, Sendable {
  /// 1 for an ordinary event, 0 for one that says nothing, less for a dislike.
  package var strength: Float
  /// Whether it is to be predicted; it counts something then.
  package var isTarget: Bool
  /// Which signal with bounds it fits, counted from 1; 0 for none.
  package var bounds: UInt16

  package init(strength: Float = 1, isTarget: Bool = true, bounds: UInt16 = 0) {
    self.strength = strength
    self.isTarget = isTarget && strength > 0
    self.bounds = bounds
  }

  /// What its prediction weighs: below 0 for what is to be predicted less.
  package var targetWeight: Float { strength < 0 || isTarget ? strength : 0 }
}
