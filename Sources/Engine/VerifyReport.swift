package import LMDB

/// What a check of the whole store found.
public struct VerifyReport: Sendable, Hashable, Codable {
  /// Whether nothing is wrong.
  public var ok = true
  /// How much was looked at, by name.
  public var checked: [String: Int] = [:]
  /// What is wrong, in words; the first hundred.
  public var problems: [String] = []

  /// What the pages of the file say.
  package init(_ structure: FileStructure) {
    ok = structure.problems.isEmpty
    problems = structure.problems
    checked = ["pages": structure.usedPageCount, "free pages": structure.freePageCount]
  }

  mutating func report(_ problem: String) {
    ok = false
    if problems.count < 100 { problems.append(problem) }
  }

  mutating func count(_ name: String, _ count: Int) { checked[name, default: 0] += count }

  /// Runs one part of the check; what it throws is a problem, not the end, unless the system failed, which says nothing
  /// of the store.
  mutating func part(_ body: (inout VerifyReport) throws -> Void) throws {
    do { try StorageEngine.translated { try body(&self) } } catch {
      if let error = error as? EngineError, error.code == .ioError { throw error }
      report("\(error)")
    }
  }
}

extension StorageEngine {
  /// What the pages of a file say that need not be open.
  /// - Throws: `LMDBError`; `EngineError` `.foreign` for a sound file of other software.
  package static func structure(ofFileAt path: String) throws -> FileStructure {
    let structure = try FileStructure.check(path: path)
    guard !structure.hasForeignEntries || Tables.names.contains(where: { structure.entries[$0] != nil })
    else { throw EngineError.otherSoftware }
    return structure
  }
}
