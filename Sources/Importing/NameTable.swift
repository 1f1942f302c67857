import Values
import Basics
import Engine
import Interchange
import Records

/// Names met in a file, numbered in the order they came.
struct NameTable {
  private var indices: [ExactString: Int32] = [:]
  private var names: [String] = []
  private var last: (name: ExactString, index: Int32)?

  /// The number of a cell's text; nil where there is none.
  mutating func index(of cell: Cell) -> Int32? {
    guard let name = cell.identifier else { return nil }
    return index(of: name)
  }

  mutating func index(of name: String) -> Int32 {
    let exact = ExactString(name)
    if let last, last.name == exact { return last.index }
    let index = indices[exact] ?? Int32(names.count)
    if index == names.count {
      indices[exact] = index
      names.append(name)
    }
    last = (exact, index)
    return index
  }

  var count: Int { names.count }

  func name(_ index: Int32) -> String { names[Int(index)] }

  func isValid(_ index: Int32) -> Bool { EntityID.isValid(names[Int(index)]) }
}

/// The ordinals of names, looked up once in each transaction.
struct OrdinalCache {
  private let writer: Writer
  private var users: [Int32: Ordinal] = [:]
  private var items: [Int32: Ordinal] = [:]

  init(_ writer: Writer) { self.writer = writer }

  mutating func ordinal(_ index: Int32, _ names: NameTable, _ kind: RecordKind) throws -> Ordinal {
    if let known = kind == .users ? users[index] : items[index] { return known }
    let ordinal = try writer.ordinalMakingRecord(of: names.name(index), kind)
    if kind == .users { users[index] = ordinal } else { items[index] = ordinal }
    return ordinal
  }
}
