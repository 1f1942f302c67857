import TestSupport

/// What `Preload/record.c` wrote down of a process: what it did to the files of one directory, in order.
struct Recording {
  /// One thing that happened. Files have the recorder's numbers; names are without the directory, whose own is empty.
  enum Record {
    /// A file is met for the first time; `isNew` if it was made by this.
    case open(file: Int, name: String, isNew: Bool, isEmptied: Bool, isDirectory: Bool)
    /// Bytes were written; with `isDurable` they were on the disk when the call returned.
    case write(file: Int, offset: Int, bytes: ArraySlice<UInt8>, isDurable: Bool)
    case sync(file: Int)
    case resize(file: Int, length: Int)
    case rename(String, to: String)
    case link(String, to: String)
    case unlink(String)
    /// A part of the standard output.
    case output(String)
    /// Something that cannot be followed.
    case escape(String)
  }

  var records: [Record] = []

  /// - Parameter directory: without symbolic links.
  init(log: String, of directory: String) throws {
    var reader = LogReader(rest: try readFile(log)[...], directory: directory)
    while !reader.rest.isEmpty { records.append(try reader.record()) }
  }

  /// What the process did that the recorder cannot follow.
  var escapes: [String] {
    records.compactMap { if case .escape(let what) = $0 { what } else { nil } }
  }

  /// For each number of answers that began with `ok`, how many records there are until then.
  var acknowledgements: [Int] {
    var (places, line): ([Int], String) = ([], "")
    for (index, record) in records.enumerated() {
      guard case .output(let text) = record else { continue }
      line += text
      while let end = line.firstIndex(of: "\n") {
        if line.hasPrefix("ok") { places.append(index + 1) }
        line.removeSubrange(...end)
      }
    }
    return places
  }
}

/// Takes the log apart; its layout is that of `record.c`.
private struct LogReader {
  var rest: ArraySlice<UInt8>
  let directory: String

  mutating func record() throws -> Recording.Record {
    let (kind, flags) = (try number(4), try number(4))
    let (file, offset, length) = (try number(8), try number(8), try number(8))
    guard rest.count >= length else { throw TestFailure("the record of the child ends early") }
    let bytes = rest.prefix(length)
    rest = rest.dropFirst(length)
    switch kind {
    case 1:
      return .open(
        file: file, name: name(bytes), isNew: flags & 1 != 0, isEmptied: flags & 2 != 0,
        isDirectory: flags & 4 != 0)
    case 2: return .write(file: file, offset: offset, bytes: bytes, isDurable: flags & 1 != 0)
    case 3: return .sync(file: file)
    case 4: return .resize(file: file, length: offset)
    case 5, 6:
      let names = bytes.split(separator: 0).map(name)
      guard names.count == 2 else { throw TestFailure("\(names.count) names in a record of two") }
      return kind == 5 ? .rename(names[0], to: names[1]) : .link(names[0], to: names[1])
    case 7: return .unlink(name(bytes))
    case 8: return .output(String(decoding: bytes, as: UTF8.self))
    case 9: return .escape(String(decoding: bytes, as: UTF8.self))
    default: throw TestFailure("a record of kind \(kind)")
    }
  }

  private mutating func number(_ size: Int) throws -> Int {
    guard rest.count >= size else { throw TestFailure("the record of the child ends early") }
    let bytes = rest.prefix(size)
    rest = rest.dropFirst(size)
    return Int(bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  private func name(_ bytes: ArraySlice<UInt8>) -> String {
    let path = String(decoding: bytes, as: UTF8.self)
    return path == directory ? "" : String(path.dropFirst(directory.utf8.count + 1))
  }
}
