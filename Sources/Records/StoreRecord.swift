package import Values
package import Basics

/// The store's own numbers, under the key `store` of `meta`; rewritten by every transaction that changes one.
package struct StoreRecord: Equatable, Sendable {
  /// The format of the whole file. A newer one is refused, never guessed at.
  package static let formatVersion: UInt32 = 9
  /// The oldest format that is read. The first write transaction raises it to `formatVersion`: what 5 has, later
  /// ones have in the same bytes, and records of models of 5 and 6 are read as they are.
  package static let oldestFormatVersion: UInt32 = 5

  /// More than this of a kind no store has.
  private static let countLimit: UInt64 = 1 << 48

  package var formatVersion: UInt32 = StoreRecord.formatVersion
  /// Random, given at creation: two stores are the same only if this is.
  package var identity: UInt64
  /// Milliseconds since 1970.
  package var created: Int64
  package var itemCount: UInt64 = 0
  package var userCount: UInt64 = 0
  package var eventCount: UInt64 = 0
  package var nextItem: UInt32 = 0
  package var nextUser: UInt32 = 0
  package var nextWord: UInt32 = 0
  package var nextColumn: UInt32 = 0
  package var nextSpace: UInt32 = 0
  package var nextGeneration: UInt32 = 0
  /// The version of the next model; never used again.
  package var nextModel: UInt32 = 1
  /// Counts changes of attributes, for whoever keeps what a filter found.
  package var attributeVersion: UInt64 = 0

  package init(identity: UInt64, created: Int64) {
    self.identity = identity
    self.created = created
  }

  /// Ordinals of a kind given so far.
  package func ordinalCount(_ kind: RecordKind) -> Int { Int(kind == .items ? nextItem : nextUser) }

  /// Records of a kind that are not deleted.
  package func recordCount(_ kind: RecordKind) -> Int { Int(kind == .items ? itemCount : userCount) }

  package func encoded() -> [UInt8] {
    Envelope.seal(reservingCapacity: 96) { writer in
      writer.append(formatVersion)
      writer.append(identity)
      writer.append(created)
      writer.append(itemCount)
      writer.append(userCount)
      writer.append(eventCount)
      writer.append(nextItem)
      writer.append(nextUser)
      writer.append(nextWord)
      writer.append(nextColumn)
      writer.append(nextSpace)
      writer.append(nextGeneration)
      writer.append(nextModel)
      writer.append(attributeVersion)
    }
  }

  package init(decoding record: UnsafeRawBufferPointer) throws(RecordError) {
    var reader = try Envelope.open(record)
    formatVersion = try reader.read(UInt32.self)
    guard formatVersion <= StoreRecord.formatVersion else { throw .newerVersion(Int(formatVersion)) }
    guard formatVersion >= StoreRecord.oldestFormatVersion else { throw .olderVersion(Int(formatVersion)) }
    identity = try reader.read(UInt64.self)
    created = try reader.read(Int64.self)
    itemCount = try reader.read(UInt64.self)
    userCount = try reader.read(UInt64.self)
    eventCount = try reader.read(UInt64.self)
    nextItem = try reader.read(UInt32.self)
    nextUser = try reader.read(UInt32.self)
    nextWord = try reader.read(UInt32.self)
    nextColumn = try reader.read(UInt32.self)
    nextSpace = try reader.read(UInt32.self)
    nextGeneration = try reader.read(UInt32.self)
    nextModel = try reader.read(UInt32.self)
    attributeVersion = try reader.read(UInt64.self)
    // Far beyond what can be stored, and far from where sums of counts overflow.
    guard max(itemCount, userCount, eventCount) < Self.countLimit else {
      throw .invalid("\(itemCount) items, \(userCount) users, \(eventCount) events")
    }
  }
}
