package import Records
public import Values

/// What a write of vectors did.
public struct VectorUpsertReport: Sendable, Hashable, Codable {
  /// A vector that was not stored.
  public struct Rejection: Sendable, Hashable, Codable {
    /// Its row in the input, from 0; for JSON Lines its line, from 1.
    public var row: Int
    /// Why.
    public var reason: String

    package init(row: Int, reason: String) {
      self.row = row
      self.reason = reason
    }
  }

  /// Vectors stored, searchable now: one for each id.
  public var stored = 0
  /// Vectors that a later one of the same id has replaced in the same call.
  public var merged = 0
  /// Vectors refused, each with its reason.
  public var rejected: [Rejection] = []
  /// From JSON Lines: how often each key was met beside `id`, `vector` and `attributes`. Its values are not stored.
  public var ignored: ByName<Int> = [:]
  /// From JSON Lines: how often there was an attribute that is called as what a record has of its own, `id` or `text`.
  /// It is stored as `id_` or `text_`.
  public var renamed: ByName<Int> = [:]
  /// Whether the vectors were named by their numbers in the file, because nothing gave them ids.
  public var isNumbered = false
  /// From a file: records of the space's kind that the store had before.
  public var recordsBefore = 0
  /// From a file: records made, because no record had the vector's id.
  public var recordsMade = 0
  /// The records of the vectors in the order of the input, repeated ones too.
  package var ordinals: [Ordinal] = []

  package init() {}

  // Ordinals are the store's own.
  private enum CodingKeys: String, CodingKey {
    case stored, merged, rejected, ignored, renamed, isNumbered, recordsBefore, recordsMade
  }
}
