/// The largest inputs that are taken: what is longer is refused with the limit in the message, before memory is asked
/// for it. `docs/limits.md` is this table for people.
package enum Limits {
  // MARK: Names, in bytes of UTF-8

  /// An id of an item or a user; ids are parts of keys.
  package static let idBytes = 500
  package static let spaceNameBytes = 100
  package static let attributeNameBytes = 100
  /// A kind of event.
  package static let kindBytes = 100
  /// Signals, and targets, of a policy.
  package static let signalCount = 1_000

  // MARK: What is stored

  /// One stored value, and so a record with its text and attributes: LMDB 0.9.24 mishandles values near 2 GB, larger
  /// things are stored in pieces.
  package static let valueBytes = 16 << 20
  /// A key of LMDB's.
  package static let keyBytes = 511
  /// A text in a column, with the byte that says what it is; longer ones are read from the records.
  package static let columnWordBytes = 256
  /// Terms of a record that the word index has; the rest of a longer text is not found by its words.
  package static let recordTerms = 100_000
  /// Lists and objects in each other.
  package static let depth = 64
  package static let dimension = 16_384
  /// Places in one graph; bit 31 marks expanded candidates during a search.
  package static let slotCount = 1 << 31
  /// The arrays of one model.
  package static let modelBytes = 1 << 40
  /// Axes of an array of a model.
  package static let arrayRank = 8

  // MARK: What is read

  /// One line of a file, and a document on standard input.
  package static let lineBytes = 16 << 20
  /// Values in one JSON document.
  package static let jsonValueCount = 1 << 20
  /// Columns of a delimited file.
  package static let columnCount = 100_000
  /// A number written for programs; longer texts are no numbers, and their conversion is not linear everywhere.
  package static let numberBytes = 1_024
  /// A number written for people, with marks between its digits.
  package static let formattedNumberBytes = 64
  /// A filter, in bytes of UTF-8.
  package static let filterBytes = 65_536
  /// Names of an order: each takes 8 bytes for every record.
  package static let orderNames = 16
  /// The header of a `.npy` file; longer ones belong to record types, which are not read.
  package static let npyHeaderBytes = 64 << 10
  /// The header of a safetensors file, by its format's rules.
  package static let safetensorsHeaderBytes = 100_000_000
  /// A vector of an `.fvecs` file; a larger number is the beginning of some other format.
  package static let fvecsDimension = 1 << 20
  /// What is read into memory from a pipe or an archive.
  package static let streamBytes = 8 << 30
}
