import TestSupport

/// The files of a directory as a process sees them, and what of them is certain to be there after a power cut.
///
/// The model is the strictest that POSIX allows: a file's bytes and length are certain after a sync of that file, or
/// where the write itself was a durable one; names are certain after a sync of the directory. Of everything else any
/// part may be there.
struct Disk {
  /// Something that was done and is not certain.
  enum Change {
    /// With `isDurable` these bytes are certain, but not those written before them in the same place.
    case bytes(file: Int, offset: Int, ArraySlice<UInt8>, isDurable: Bool)
    case length(file: Int, Int)
    /// At least as long, with zeros where nothing was written.
    case minimumLength(file: Int, Int)
    /// Names that come to stand for other files, or for none, all at once.
    case names([String: Int?])

    var file: Int? {
      switch self {
      case .bytes(let file, _, _, _), .length(let file, _), .minimumLength(let file, _): file
      case .names: nil
      }
    }

    var isDurable: Bool {
      if case .bytes(_, _, _, isDurable: true) = self { true } else { false }
    }
  }

  /// Contents by file, and files by name.
  struct State {
    var contents: [Int: [UInt8]] = [:]
    var names: [String: Int] = [:]

    /// The content of each file that has a name.
    var files: [String: [UInt8]] { names.mapValues { contents[$0] ?? [] } }

    mutating func apply(_ change: Change) {
      switch change {
      case .bytes(let file, let offset, let bytes, _):
        let end = offset + bytes.count
        lengthen(file, to: end)
        contents[file, default: []].replaceSubrange(offset..<end, with: bytes)
      case .length(let file, let length):
        lengthen(file, to: length)
        contents[file, default: []].removeLast(contents[file, default: []].count - length)
      case .minimumLength(let file, let length): lengthen(file, to: length)
      case .names(let changes): for (name, file) in changes { names[name] = file }
      }
    }

    private mutating func lengthen(_ file: Int, to length: Int) {
      let missing = length - contents[file, default: []].count
      if missing > 0 { contents[file, default: []] += repeatElement(0, count: missing) }
    }
  }

  /// As the process sees it.
  private(set) var seen = State()
  private(set) var certain = State()
  /// What leads from one to the other, in the order in which it was done.
  private(set) var pending: [Change] = []
  /// As a disk would have it that says it has written what it has not.
  let ignoresSyncs: Bool
  /// The recorder's numbers of the files; a file that was there before has one below 0 here.
  private var numbers: [Int: Int] = [:]
  private var directory: Int?

  init(_ files: [String: [UInt8]], ignoringSyncs: Bool = false) {
    for (index, (name, bytes)) in files.enumerated() {
      (seen.names[name], seen.contents[-1 - index]) = (-1 - index, bytes)
    }
    certain = seen
    ignoresSyncs = ignoringSyncs
  }

  /// - Parameter isInFlight: the power is cut during the call, so that nothing of it is certain.
  mutating func apply(_ record: Recording.Record, isInFlight: Bool = false) throws {
    switch record {
    case .open(let number, let name, let isNew, let isEmptied, let isDirectory):
      if isDirectory {
        directory = number
      } else if isNew {
        numbers[number] = number
        change(.names([name: number]))
      } else {
        guard let file = seen.names[name] else { throw TestFailure("no file \(name) was there") }
        numbers[number] = file
        if isEmptied { change(.length(file: file, 0)) }
      }
    case .write(let number, let offset, let bytes, let isDurable):
      let isCertain = isDurable && !isInFlight && !ignoresSyncs
      change(.bytes(file: try file(number), offset: offset, bytes, isDurable: isCertain))
    case .resize(let number, let length): change(.length(file: try file(number), length))
    case .sync(let number): if !isInFlight, !ignoresSyncs { try sync(number) }
    case .rename(let old, let new): change(.names([old: nil, new: try named(old)]))
    case .link(let old, let new): change(.names([new: try named(old)]))
    case .unlink(let name): change(.names([name: nil]))
    case .output: break
    case .escape(let what): throw TestFailure("the recorder cannot follow \(what)")
    }
  }

  private mutating func change(_ change: Change) {
    seen.apply(change)
    if change.isDurable, !pending.contains(where: { $0.file == change.file }) {
      certain.apply(change)
    } else {
      pending.append(change)
    }
  }

  private mutating func sync(_ number: Int) throws {
    if number == directory {
      certain.names = seen.names
      pending.removeAll { $0.file == nil }
    } else {
      let file = try file(number)
      certain.contents[file] = seen.contents[file]
      pending.removeAll { $0.file == file }
    }
  }

  private func file(_ number: Int) throws -> Int {
    guard let file = numbers[number] else { throw TestFailure("file \(number) was never opened") }
    return file
  }

  private func named(_ name: String) throws -> Int {
    guard let file = seen.names[name] else { throw TestFailure("no file \(name) was there") }
    return file
  }
}
