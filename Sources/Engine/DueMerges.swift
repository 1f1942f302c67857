package import Basics

/// The merges that a write leaves to its caller.
package struct DueMerges: Sendable {
  /// Spaces whose tail or deletions have grown past what a query should scan.
  package internal(set) var spaces: Set<ExactString> = []
  /// Whether one has grown so far that the next write should wait for its merge.
  package internal(set) var holdsWriterUp = false
}
