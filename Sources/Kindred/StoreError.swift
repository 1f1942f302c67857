/// What went wrong, for programs and for people.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is. More may come; switch with a default.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The word that stands for it in JSON.
    public let rawValue: String

    /// A code by its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The codes below: a constant takes its word from here, so that none is missing in `all`.
    private enum Word: String, CaseIterable {
      case notFound, alreadyExists, cannotCreate, corrupted, foreign, busy, ioError, diskFull,
        permissionDenied, dimensionMismatch, invalidArgument, invalidVector, invalidID,
        spaceNotFound, recordNotFound, spaceExists, badInput, notEnoughData, badFilter,
        internalError, closed, unsupported, cancelled, memoryLimit
    }

    private init(_ word: Word) { rawValue = word.rawValue }

    /// All codes that this version has, in the order of their declaration. A later one may have more.
    public static let all = Word.allCases.map { Code($0) }

    /// There is no such file or store.
    public static let notFound = Code(.notFound)
    /// The file exists and would have been overwritten.
    public static let alreadyExists = Code(.alreadyExists)
    /// A file to write cannot be made, for one because its directory is missing.
    public static let cannotCreate = Code(.cannotCreate)
    /// Stored bytes are not what was written.
    public static let corrupted = Code(.corrupted)
    /// Not a store, or one (or a model in it) of another version.
    public static let foreign = Code(.foreign)
    /// Somebody else is in the way; try again.
    public static let busy = Code(.busy)
    /// The system could not read or write.
    public static let ioError = Code(.ioError)
    /// No room on the disk or in the map.
    public static let diskFull = Code(.diskFull)
    /// The system does not allow it.
    public static let permissionDenied = Code(.permissionDenied)
    /// A vector has another dimension than its space.
    public static let dimensionMismatch = Code(.dimensionMismatch)
    /// A value is outside its range.
    public static let invalidArgument = Code(.invalidArgument)
    /// A vector is zero, infinite or not a number where that has no meaning.
    public static let invalidVector = Code(.invalidVector)
    /// An id is empty or longer than 500 bytes.
    public static let invalidID = Code(.invalidID)
    /// The store has no such space.
    public static let spaceNotFound = Code(.spaceNotFound)
    /// The store has no such item or user.
    public static let recordNotFound = Code(.recordNotFound)
    /// A space of that name exists.
    public static let spaceExists = Code(.spaceExists)
    /// A file to read cannot be understood.
    public static let badInput = Code(.badInput)
    /// The store holds too little to learn from or to evaluate with.
    public static let notEnoughData = Code(.notEnoughData)
    /// A filter cannot be understood.
    public static let badFilter = Code(.badFilter)
    /// A fault of this program.
    public static let internalError = Code(.internalError)
    /// The store was closed.
    public static let closed = Code(.closed)
    /// Not possible with this store or this version.
    public static let unsupported = Code(.unsupported)
    /// The task was cancelled.
    public static let cancelled = Code(.cancelled)
    /// More memory is needed than the store's options allow.
    public static let memoryLimit = Code(.memoryLimit)
  }

  /// For programs.
  public var code: Code
  /// What happened, the values, what to do.
  public var message: String
  /// The error below this one, if there was one.
  public var cause: (any Error)?

  /// Makes an error.
  public init(code: Code, message: String, cause: (any Error)? = nil) {
    self.code = code
    self.message = message
    self.cause = cause
  }

  /// The message.
  public var description: String { message }

  /// Runs `body` and gives the errors of the modules below the store's words; a caller's own errors pass.
  package static func translating<R>(_ body: () throws -> R) throws -> R {
    do { return try body() } catch let error as any ModuleError {
      let error = error.storeError
      if error.code == .cancelled { throw CancellationError() }
      throw error
    }
  }

  /// As `translating`, for what opens or makes a file: its errors name the file, as whoever reads a log sees nothing
  /// else.
  static func naming<R>(_ path: String, _ body: () throws -> R) throws -> R {
    do { return try translating(body) } catch var error as StoreError {
      // Quoted: a path such as `a` is part of most messages that do not name it.
      if !error.message.contains("'\(path)'") { error.message = "'\(path)': \(error.message)" }
      throw error
    }
  }
}
