import Engine
import Records

extension Engine.Snapshot {
  /// A space as callers see it.
  func info(_ record: SpaceRecord) throws -> SpaceInfo {
    SpaceInfo(record, try recallCurve(of: record), missing: try missingCount(in: record))
  }

  /// A space that is resolved already, as callers see it.
  func info(_ view: SpaceView) throws -> SpaceInfo {
    SpaceInfo(view.record, view.recallCurve, missing: try missingCount(in: view.record))
  }
}
