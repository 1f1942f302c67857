import Records
import VectorMath

/// What goes into a new generation: every live vector by ordinal, and where it lay before.
struct GenerationPlan {
  /// The space whose vectors are kept, as it was; nil where the new ones replace them all.
  let before: SpaceRecord?
  /// The owner of each new slot, ascending, so that equal stores give equal graphs.
  let ordinals: [Ordinal]
  /// The row of each new slot, in the snapshot or in the caller's memory.
  private(set) var rows: [UnsafeRawPointer]
  /// Where each vector's predecessor lay: if that changed until the flip, the new row is out of date.
  let places: [Place]

  /// - Parameters:
  ///   - view: the space whose vectors are kept, but for those that have new ones; nil where none are.
  ///   - layout: of all rows.
  init(keeping view: SpaceView?, adding new: NewRows?, _ layout: RowLayout) throws {
    before = view?.record
    var sources: [(ordinal: Ordinal, row: UnsafeRawPointer, place: Place)] = []
    sources.reserveCapacity((before?.liveCount ?? 0) + (new?.ordinals.count ?? 0))
    let replaced = Set(new?.ordinals ?? [])
    var replacedPlaces: [Ordinal: Place] = [:]
    try view?.forEachRow { ordinal, row, place in
      if replaced.contains(ordinal) {
        replacedPlaces[ordinal] = place
      } else {
        sources.append((ordinal, row, place))
      }
    }
    if let new, let start = new.rows.baseAddress {
      for (index, ordinal) in new.ordinals.enumerated() {
        sources.append((ordinal, start + index * layout.strideBytes, replacedPlaces[ordinal] ?? .none))
      }
    }
    sources.sort { $0.ordinal < $1.ordinal }
    ordinals = sources.map(\.ordinal)
    rows = sources.map(\.row)
    places = sources.map(\.place)
  }

  /// Called before the memory of the rows goes.
  mutating func forgetRows() { rows = [] }
}
