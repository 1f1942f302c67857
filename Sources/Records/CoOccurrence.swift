package import Basics

/// How strongly an item occurs near another one in users' sequences: an entry of the other's list.
///
/// `varint weight`.
package struct CoOccurrence: ListEntry {
  package static let noun = "co-occurrences"
  /// About half a kilobyte: an event changes up to ten blocks.
  package static let capacity = 128

  package var ordinal: UInt32
  /// At least 1; see `EventWeights`.
  package var weight: Int64

  package init(ordinal: UInt32, weight: Int64) {
    self.ordinal = ordinal
    self.weight = weight
  }

  @inlinable package init(ordinal: UInt32, _ reader: inout ByteReader) throws(RecordError) {
    let weight = try reader.readVarint()
    guard weight >= 1 else { throw .invalid("a weight of \(weight)") }
    (self.ordinal, self.weight) = (ordinal, Int64(weight))
  }

  package func append(to writer: inout ByteWriter) { writer.append(varint: Int(weight)) }
}
