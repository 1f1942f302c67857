import Basics
import Interchange

/// The folder of a text model as sentence-transformers saves it.
///
/// Nothing that a file of the folder names is followed out of it: absolute paths and `..` are refused. (A file may be a
/// symbolic link, as in the cache of the Hugging Face hub.)
package struct ModelFolder: Sendable {
  /// The longest description that is read. The longest known is the tokenizer of a vocabulary of a million tokens.
  static let longestFileBytes = 256 << 20

  package let path: String

  /// - Throws: `InterchangeError` `.notFound` where there is no folder.
  package init(_ path: String) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard let status = FileStatus(path: path) else {
      throw InterchangeError(.notFound, "there is no folder '\(path)'", path: path)
    }
    guard status.isDirectory else {
      throw InterchangeError(
        .notFound, "'\(path)' is a file; give the folder of a sentence-transformers model", path: path)
    }
  }

  /// The whole path, links resolved; the path as it is where it cannot be found.
  package var canonicalPath: String { DurableFile.canonicalPath(path) ?? path }

  /// The folder of one of a model's modules, which the model names; this one for an empty name.
  func folder(named name: String) throws -> ModelFolder {
    guard !name.isEmpty, name != "." else { return self }
    guard Self.isInside(name) else {
      throw ModelError(
        code: .corrupted,
        message: "'\(path)': its modules.json names '\(name)', which is not inside of the folder")
    }
    return try ModelFolder("\(path)/\(name)")
  }

  private static func isInside(_ name: String) -> Bool {
    !name.hasPrefix("/") && !name.utf8.contains(0)
      && !name.split(separator: "/", omittingEmptySubsequences: false).contains { $0 == ".." || $0.isEmpty }
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Whether a file of the name is there.
  func has(_ name: String) -> Bool { FileStatus(path: file(name))?.isRegular == true }

  /// A whole file.
  /// - Throws: what a file throws that cannot be read; `ModelError` for one that is larger than any description.
  func bytes(_ name: String) throws -> [UInt8] {
    let status = FileStatus(path: file(name))
    // A named pipe would wait for somebody to write to it.
    if let status, !status.isRegular {
      throw ModelError(code: .corrupted, message: "'\(file(name))' is not a regular file")
    }
    if let size = status?.sizeBytes, size > Self.longestFileBytes {
      throw ModelError(
        code: .unsupported,
        message: "'\(file(name))' has \(size) bytes, where at most \(Self.longestFileBytes) are read")
    }
    let content = try FileBytes(path: file(name), limitBytes: Self.longestFileBytes)
    return withExtendedLifetime(content) { Array(content.bytes) }
  }

  /// The object in a JSON file.
  /// - Throws: as `bytes`; `InterchangeError` `.invalidJSON`, `ModelError` for JSON that is no object.
  func object(_ name: String) throws -> JSONFields {
    guard let object = try json(name).object else {
      throw ModelError(code: .corrupted, message: "'\(file(name))' is not a JSON object")
    }
    return JSONFields(object, file: file(name))
  }

  func json(_ name: String) throws -> JSONValue {
    let text = try bytes(name)
    do throws(InterchangeError) { return try JSONParser.parse(text) } catch {
      throw InterchangeError(error.code, "'\(file(name))' is \(error.message)", path: file(name))
    }
  }
}

/// The members of an object in a file of a model, read by name and type.
struct JSONFields {
  let object: JSONObject
  /// For messages.
  let file: String

  init(_ object: JSONObject, file: String) { (self.object, self.file) = (object, file) }

  subscript(name: String) -> JSONValue? {
    let value = object[name]
    return value == .null ? nil : value
  }

  /// A whole number of a range; nil where there is none or null.
  func integer(_ name: String, _ range: ClosedRange<Int>) throws(ModelError) -> Int? {
    guard let value = self[name] else { return nil }
    guard case .number(let number) = value, let integer = number.integer, range.contains(Int(integer)) else {
      throw wrong(name, value, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return Int(integer)
  }

  /// As `integer`, of a member that must be there.
  func requiredInteger(_ name: String, _ range: ClosedRange<Int>) throws(ModelError) -> Int {
    guard let value = try integer(name, range) else {
      throw ModelError(code: .corrupted, message: "'\(file)' has no \"\(name)\"")
    }
    return value
  }

  func flag(_ name: String) throws(ModelError) -> Bool? {
    guard let value = self[name] else { return nil }
    guard case .bool(let flag) = value else { throw wrong(name, value, "true or false") }
    return flag
  }

  func text(_ name: String) throws(ModelError) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string else { throw wrong(name, value, "a text") }
    return text
  }

  func number(_ name: String, _ range: ClosedRange<Double>) throws(ModelError) -> Double? {
    guard let value = self[name] else { return nil }
    guard let number = value.number, range.contains(number) else {
      throw wrong(name, value, "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func wrong(_ name: String, _ value: JSONValue, _ wanted: String) -> ModelError {
    ModelError(
      code: .corrupted,
      message: "'\(file)': \"\(name)\" is \(value.text.prefix(60)), where \(wanted) is expected")
  }
}
