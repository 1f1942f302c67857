import Engine
import Records
import Synchronization
import TextEncoder

/// Text encoders made from their stored state, kept while that state is the space's.
final class EncoderCache: Sendable {
  private struct Key: Hashable {
    let space: UInt32
    let fingerprint: Int
  }
  private let encoders = Mutex<[Key: HashedTextEncoder]>([:])
  private let states = Mutex<[UInt32: (transaction: Int, key: Key)]>([:])

  /// Forgets all encoders: a compacted file counts its commits from 1 again.
  func removeAll() {
    states.withLock { $0.removeAll() }
    encoders.withLock { $0.removeAll() }
  }

  /// The encoder of a space.
  /// - Throws: `StoreError` `.unsupported` when it has none, `ModelError` when its state is damaged.
  func encoder(of record: SpaceRecord, _ snapshot: Engine.Snapshot) throws -> any TextEncoding {
    guard !record.encoder.isEmpty else {
      throw StoreError(
        code: .unsupported,
        message: "space \"\(record.name)\" has no text encoder; query it by vector, or make one with embed")
    }
    guard record.encoder == TextEncoderNames.hashed else {
      throw StoreError(
        code: .unsupported,
        message:
          "space \"\(record.name)\" was made by encoder \"\(record.encoder)\", which this version does not know"
      )
    }
    if let known = states.withLock({ $0[record.number] }), known.transaction == snapshot.transactionID,
      let encoder = encoders.withLock({ $0[known.key] })
    {
      return encoder
    }
    let state = try snapshot.encoderState(of: record)
    var hasher = Hasher()
    hasher.combine(state)
    let key = Key(space: record.number, fingerprint: hasher.finalize())
    let encoder: HashedTextEncoder
    if let known = encoders.withLock({ $0[key] }) {
      encoder = known
    } else {
      encoder = try HashedTextEncoder(decoding: state)
    }
    states.withLock { $0[record.number] = (snapshot.transactionID, key) }
    encoders.withLock {
      $0 = $0.filter { $0.key.space != record.number }.merging([key: encoder]) { _, new in new }
    }
    return encoder
  }
}

/// The names of the encoders that are built in.
enum TextEncoderNames {
  static let hashed = "hashed"
}
