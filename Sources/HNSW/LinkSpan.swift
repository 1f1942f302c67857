package import VectorMath

/// A stretch of a node's record of links: one list ended by a sentinel where not full, or two of them side by side.
package struct LinkSpan: Sendable, Equatable {
  /// Where in the record it begins.
  package let start: Int
  /// Links there is room for.
  package let width: Int
  /// Where in the stretch a second list begins; 0 where there is one list only.
  package let second: Int

  package init(start: Int, width: Int, second: Int = 0) {
    self.start = start
    self.width = width
    self.second = second
  }

  /// The one or two lists in it, each a stretch of its own.
  var lists: [LinkSpan] {
    second == 0
      ? [self]
      : [
        LinkSpan(start: start, width: second), LinkSpan(start: start + second, width: width - second),
      ]
  }
}

/// Which part of every record of links a graph takes up, in the base layer and in each upper one.
///
/// One graph usually has the whole record. Two graphs over the same nodes, made by different rules, may share it, half
/// each: a search that walks over both finds what neither finds alone.
package struct LinkSection: Sendable, Equatable {
  package let base: LinkSpan
  package let upper: LinkSpan

  /// The whole record of a graph with `m`, one list.
  package static func whole(m: Int) -> LinkSection {
    LinkSection(base: LinkSpan(start: 0, width: 2 * m), upper: LinkSpan(start: 0, width: m))
  }

  /// The whole record, two lists.
  package static func both(m: Int) -> LinkSection {
    LinkSection(
      base: LinkSpan(start: 0, width: 2 * m, second: m),
      upper: LinkSpan(start: 0, width: m, second: (m + 1) / 2))
  }

  /// The first of two lists.
  package static func first(m: Int) -> LinkSection {
    LinkSection(base: LinkSpan(start: 0, width: m), upper: LinkSpan(start: 0, width: (m + 1) / 2))
  }

  /// The second of two lists.
  package static func second(m: Int) -> LinkSection {
    LinkSection(base: LinkSpan(start: m, width: m), upper: LinkSpan(start: (m + 1) / 2, width: m / 2))
  }

  @inline(__always)
  func span(layer: Int) -> LinkSpan { layer == 0 ? base : upper }
}

/// How one graph chooses links: by which distance, and where it keeps them.
package struct LinkRule: Sendable {
  package let distance: DistanceFunction
  package let section: LinkSection

  package init(distance: DistanceFunction, section: LinkSection) {
    self.distance = distance
    self.section = section
  }
}
