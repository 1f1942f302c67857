/// A named table of one environment, with the type of its keys; values are bytes.
///
/// A small value to be kept and passed around; it stays valid when its environment compacts.
package struct Table<Key: LMDBKey>: Sendable {
  package let name: String
  @usableFromInline let handle: UInt32
  /// Which environment it belongs to: a handle of another one would read the wrong table.
  @usableFromInline let owner: ObjectIdentifier
}
