package import Basics
package import Records

/// When the tail and the deleted nodes of a space have grown enough to be merged into its graph.
package struct MergePolicy: Sendable {
  /// Rows of the tail, which every query scans, that are worth a merge; more for a large graph, as a slice of a merge
  /// walks all of its links.
  package var tailLimits = 512...4_096
  /// Nodes of a graph to a row of its tail's limit.
  package var nodesPerTailRow = 256
  /// A tail as long as this many limits holds its writer up until it is merged: no query scans more.
  package var limitsBeforeWaiting = 1.5
  /// The part of the graph that may be deleted nodes.
  package var deadFraction = 0.2
  /// Fewer deleted nodes than this are never worth a merge.
  package var deadMinimum = 1_000

  package init() {}

  /// Rows of a tail that are worth a merge, and that one slice of it takes.
  package func tailLimit(nodeCount: Int) -> Int {
    min(max(tailLimits.lowerBound, nodeCount / nodesPerTailRow), tailLimits.upperBound)
  }

  func wantsMerge(_ record: SpaceRecord) -> Bool {
    record.tailCount >= tailLimit(nodeCount: record.nodeCount)
      || (record.deadCount >= deadMinimum
        && Double(record.deadCount) > deadFraction * Double(record.nodeCount))
  }

  func holdsWriterUp(_ record: SpaceRecord) -> Bool {
    Double(record.tailCount) >= limitsBeforeWaiting * Double(tailLimit(nodeCount: record.nodeCount))
  }
}

/// The work that a write leaves to its caller.
package struct DueWork: Sendable {
  /// Spaces whose tail or deletions have grown past what a query should scan.
  package internal(set) var spaces: Set<ExactString> = []
  /// Whether one has grown so far that the next write should wait for its merge.
  package internal(set) var holdsWriterUp = false
  /// Records by space that lack the vector of their text, because many were changed at once.
  package internal(set) var unembedded: [ExactString: [Ordinal]] = [:]
  /// Spaces whose vectors could not be made, with the reason.
  package internal(set) var failedEncoders: [ExactString: String] = [:]

  package init() {}

  /// Adds what another write left.
  package mutating func merge(_ other: DueWork) {
    spaces.formUnion(other.spaces)
    holdsWriterUp = holdsWriterUp || other.holdsWriterUp
    unembedded.merge(other.unembedded) { $0 + $1 }
    failedEncoders.merge(other.failedEncoders) { _, new in new }
  }
}
