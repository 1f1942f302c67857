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
  private let encoders = Mutex<[Key: any TextEncoding]>([:])
  /// Models that could not be read, so that not every write tries again.
  private let failures = Mutex<[Key: (error: any Error, time: ContinuousClock.Instant)]>([:])
  private static let retryTime = Duration.seconds(10)
  private let states = Mutex<[UInt32: (transaction: Int, key: Key)]>([:])

  /// Forgets all encoders: a compacted file counts its commits from 1 again.
  func removeAll() {
    states.withLock { $0.removeAll() }
    encoders.withLock { $0.removeAll() }
    failures.withLock { $0.removeAll() }
  }

  /// The encoder of a space.
  /// - Throws: `StoreError` `.unsupported` when it has none, `ModelError` when its state is damaged or its model is
  ///   another, `InterchangeError` when the model's folder cannot be read.
  func encoder(of record: SpaceRecord, _ snapshot: Engine.Snapshot) throws -> any TextEncoding {
    guard !record.encoder.isEmpty else {
      throw StoreError(
        code: .unsupported,
        message: "space \"\(record.name)\" has no text encoder; query it by vector, or make one with embed")
    }
    guard TextEncoderNames.areText(record.encoder) else {
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
    let (encoder, key) = try encoder(of: record, state: try snapshot.encoderState(of: record))
    states.withLock { $0[record.number] = (snapshot.transactionID, key) }
    return encoder
  }

  /// The encoder that a state describes.
  func encoder(of record: SpaceRecord, state: [UInt8]) throws -> any TextEncoding {
    try (encoder(of: record, state: state) as (any TextEncoding, Key)).0
  }

  private func encoder(of record: SpaceRecord, state: [UInt8]) throws -> (any TextEncoding, Key) {
    var hasher = Hasher()
    hasher.combine(state)
    let key = Key(space: record.number, fingerprint: hasher.finalize())
    if let known = encoders.withLock({ $0[key] }) { return (known, key) }
    if let (error, time) = failures.withLock({ $0[key] }), ContinuousClock.now - time < Self.retryTime {
      throw error
    }
    do {
      let encoder: any TextEncoding =
        record.encoder == TextEncoderNames.hashed
        ? try HashedTextEncoder(decoding: state) : try SentenceEncoderState(decoding: state).encoder()
      keep(encoder, key)
      return (encoder, key)
    } catch {
      failures.withLock { $0[key] = (error, ContinuousClock.now) }
      throw error
    }
  }

  /// Keeps an encoder that was just read for the space that it is to serve.
  func keep(_ encoder: any TextEncoding, of record: SpaceRecord, state: [UInt8]) {
    var hasher = Hasher()
    hasher.combine(state)
    keep(encoder, Key(space: record.number, fingerprint: hasher.finalize()))
  }

  private func keep(_ encoder: any TextEncoding, _ key: Key) {
    failures.withLock { $0[key] = nil }
    encoders.withLock {
      $0 = $0.filter { $0.key.space != key.space }.merging([key: encoder]) { _, new in new }
    }
  }
}

/// The names of the encoders that spaces remember.
enum TextEncoderNames {
  static let hashed = HashedTextEncoder.name
  private static let sentencePrefix = "model:"

  /// The name of a text model: that of its folder, and its precision.
  static func sentence(folder: String, _ precision: EncoderPrecision) -> String {
    let name = folder.split(separator: "/").last.map(String.init) ?? "model"
    return "\(sentencePrefix)\(name.prefix(60)):\(precision.rawValue)"
  }

  /// Whether it is that of a text model.
  static func isSentence(_ encoder: String) -> Bool { encoder.hasPrefix(sentencePrefix) }

  /// Whether an encoder of that name makes its vectors of texts.
  static func areText(_ encoder: String) -> Bool { encoder == hashed || isSentence(encoder) }
}
