/// What went wrong, for programs and for people.
public struct StoreError: Error, Sendable, CustomStringConvertible {
  /// What kind of trouble it is. More may come; switch with a default.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The word that stands for it in JSON.
    public let rawValue: String

    /// A code by its word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// There is no such file or store.
    public static let notFound = Code(rawValue: "notFound")
    /// The file exists and would have been overwritten.
    public static let alreadyExists = Code(rawValue: "alreadyExists")
    /// A file to write cannot be made, for one because its directory is missing.
    public static let cannotCreate = Code(rawValue: "cannotCreate")
    /// Stored bytes are not what was written.
    public static let corrupted = Code(rawValue: "corrupted")
    /// Not a store, or one (or a model in it) of another version.
    public static let foreign = Code(rawValue: "foreign")
    /// Somebody else is in the way; try again.
    public static let busy = Code(rawValue: "busy")
    /// The system could not read or write.
    public static let ioError = Code(rawValue: "ioError")
    /// No room on the disk or in the map.
    public static let diskFull = Code(rawValue: "diskFull")
    /// The system does not allow it.
    public static let permissionDenied = Code(rawValue: "permissionDenied")
    /// A vector has another dimension than its space.
    public static let dimensionMismatch = Code(rawValue: "dimensionMismatch")
    /// A value is outside its range.
    public static let invalidArgument = Code(rawValue: "invalidArgument")
    /// A vector is zero, infinite or not a number where that has no meaning.
    public static let invalidVector = Code(rawValue: "invalidVector")
    /// An id is empty or longer than 500 bytes.
    public static let invalidID = Code(rawValue: "invalidID")
    /// The store has no such space.
    public static let spaceNotFound = Code(rawValue: "spaceNotFound")
    /// The store has no such item or user.
    public static let recordNotFound = Code(rawValue: "recordNotFound")
    /// A space of that name exists.
    public static let spaceExists = Code(rawValue: "spaceExists")
    /// A file to read cannot be understood.
    public static let badInput = Code(rawValue: "badInput")
    /// The store holds too little to learn from or to evaluate with.
    public static let notEnoughData = Code(rawValue: "notEnoughData")
    /// A filter cannot be understood.
    public static let badFilter = Code(rawValue: "badFilter")
    /// A fault of this program.
    public static let internalError = Code(rawValue: "internalError")
    /// The store was closed.
    public static let closed = Code(rawValue: "closed")
    /// Not possible with this store or this version.
    public static let unsupported = Code(rawValue: "unsupported")
    /// The task was cancelled.
    public static let cancelled = Code(rawValue: "cancelled")
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
  static func translating<R>(_ body: () throws -> R) throws -> R {
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
