import CLMDB

/// One unchanging view of the store; ends when it is destroyed.
///
/// While it lives the pages it sees are not reused, so the file grows under writes, and the map cannot grow:
/// keep it short, or end it when `onQuiesce` asks. It may move between threads and is used by one at a time.
// Sendable: LMDB ties it to no thread (MDB_NOTLS); sharing a borrow between threads is documented as wrong.
package struct ReadTransaction: ~Copyable, Transaction, @unchecked Sendable {
  package let raw: OpaquePointer
  package let environment: Environment

  deinit {
    environment.endRead(raw)
  }
}
