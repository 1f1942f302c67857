import Basics
import TestSupport

/// What is done to a copy of a store's file.
enum FileDamage: String, CaseIterable {
  case bitAnywhere, bitInFirstPages, bytesAtAPageHeader, zeroedPage, copiedPage, swappedPages, tornPage
  /// A page as it was at an earlier moment.
  case stalePage
  /// A page in the place of another, whose number it takes.
  case duplicatedPage
  case truncated
  /// A field of a header page: magic, version, page size, tables, numbers of pages and commits.
  case headerField
  /// A child of a branch: itself, an ancestor, another's child, any page.
  case child
  /// The place, key size, data size, flags or pages of an entry.
  case entry
  /// The record of a table in the list of tables.
  case tableRecord
  /// A page number in a list of free pages, or how many it has.
  case freeList
}

/// A store's file to make damaged copies of.
struct DamagedStoreFile {
  static let pageBytes = 4_096
  let newer: [UInt8]
  /// The same file at an earlier moment, for stale pages.
  let older: [UInt8]?
  let branches: [Int]
  private let leaves: [Int]

  init(newer: [UInt8], older: [UInt8]?) {
    (self.newer, self.older) = (newer, older)
    // What says to be such a page at its place; some of them are free and hold what was there before.
    func pages(_ flags: UInt64) -> [Int] {
      (2..<newer.count / Self.pageBytes).filter { page in
        let start = page * Self.pageBytes
        return newer.number(start, 8) == UInt64(page) && newer.number(start + 10, 2) == flags
      }
    }
    (branches, leaves) = (pages(1), pages(2))
  }

  /// A damaged copy and where it is damaged; nil where the file has nothing to damage so.
  func damaged(_ damage: FileDamage, _ generator: inout SeededGenerator) -> ([UInt8], String)? {
    var bytes = newer
    guard let place = apply(damage, to: &bytes, &generator), bytes != newer else { return nil }
    return (bytes, "\(damage) \(place), \(generator)")
  }

  private func apply(
    _ damage: FileDamage, to bytes: inout [UInt8], _ generator: inout SeededGenerator
  ) -> String? {
    let size = Self.pageBytes
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    let page = place / size * size
    let other = Int.random(in: 0..<bytes.count / size, using: &generator) * size
    switch damage {
    case .bitAnywhere: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case .bitInFirstPages:
      bytes[place % (4 * size)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    case .bytesAtAPageHeader:
      for _ in 0..<3 {
        bytes[page + Int.random(in: 0..<64, using: &generator)] = .random(in: 0...255, using: &generator)
      }
    case .zeroedPage: bytes.replaceSubrange(page..<page + size, with: repeatElement(0, count: size))
    case .copiedPage: bytes.replaceSubrange(other..<other + size, with: bytes[page..<page + size])
    case .swappedPages:
      let first = Array(bytes[page..<page + size])
      bytes.replaceSubrange(page..<page + size, with: bytes[other..<other + size])
      bytes.replaceSubrange(other..<other + size, with: first)
    case .tornPage:
      let cut = 512 * Int.random(in: 1..<8, using: &generator)
      bytes.replaceSubrange(page + cut..<page + size, with: bytes[other + cut..<other + size])
    case .stalePage: return replaceByOlder(&bytes, &generator)
    case .duplicatedPage:
      guard let from = (leaves + branches).randomElement(using: &generator),
        let to = (leaves + branches).randomElement(using: &generator)
      else { return nil }
      bytes.replaceSubrange(to * size..<(to + 1) * size, with: bytes[from * size..<(from + 1) * size])
      bytes.set(UInt64(to), 8, at: to * size)
      return "page \(from) at \(to)"
    case .truncated:
      let isAtAPage = Bool.random(using: &generator)
      bytes.removeSubrange((isAtAPage ? page : place)...)
    case .headerField: return changeHeader(&bytes, &generator)
    case .child: return changeChild(&bytes, &generator)
    case .entry: return changeEntry(&bytes, &generator)
    case .tableRecord: return changeTable(&bytes, &generator)
    case .freeList: return changeFreeList(&bytes, &generator)
    }
    return "at byte \(place), page \(page / size), other \(other / size)"
  }

  private func replaceByOlder(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String? {
    guard let older else { return nil }
    let size = Self.pageBytes
    let changed = (2..<min(older.count, newer.count) / size).filter {
      older[$0 * size..<($0 + 1) * size] != newer[$0 * size..<($0 + 1) * size]
    }
    guard let page = changed.randomElement(using: &generator) else { return nil }
    bytes.replaceSubrange(page * size..<(page + 1) * size, with: older[page * size..<(page + 1) * size])
    return "page \(page)"
  }

  /// Numbers that break what trusts them.
  private func extreme(_ old: UInt64, bytes: Int, _ generator: inout SeededGenerator) -> UInt64 {
    let all = bytes == 8 ? UInt64.max : (1 << UInt64(8 * bytes)) - 1
    let pageCount = UInt64(newer.count / Self.pageBytes)
    let bit = UInt64.random(in: 0..<UInt64(8 * bytes), using: &generator)
    var values: [UInt64] = [0, 1, 2, all, all - 1, all - 15, all / 2, all / 2 + 1, pageCount, pageCount - 1]
    values += [old &+ 1, old &- 1, old &+ 2, old &- 2, old ^ (1 << bit)]
    values.append(UInt64.random(in: 0...all, using: &generator))
    values.append(UInt64.random(in: 0..<pageCount, using: &generator))
    return (values.randomElement(using: &generator) ?? 0) & all
  }

  private func change(
    _ field: Int, _ count: Int, in bytes: inout [UInt8], _ generator: inout SeededGenerator
  ) -> String {
    let value = extreme(bytes.number(field, count), bytes: count, &generator)
    bytes.set(value, count, at: field)
    return "byte \(field) of page \(field / Self.pageBytes): \(count) bytes are \(value)"
  }

  private func changeHeader(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String {
    // Number, flags, magic, version, address, map size, page size; flags, depth, counts and root of both tables; last
    // page, transaction.
    var fields = [(0, 8), (8, 2), (10, 2), (16, 4), (20, 4), (24, 8), (32, 8), (40, 4), (136, 8), (144, 8)]
    for table in [40, 88] {
      fields += [(4, 2), (6, 2), (8, 8), (16, 8), (24, 8), (32, 8), (40, 8)].map { (table + $0.0, $0.1) }
    }
    let header = Int.random(in: 0...1, using: &generator) * Self.pageBytes
    // Other branches of LMDB, other machines, other page sizes.
    let foreign: [(Int, UInt64)] = [
      (20, 2), (20, 3), (20, 999), (16, 0xDEC0_EFBE), (40, 0), (40, 512), (40, 8_192), (40, 65_536),
    ]
    if Int.random(in: 0..<4, using: &generator) == 0,
      let (offset, value) = foreign.randomElement(using: &generator)
    {
      bytes.set(value, 4, at: header + offset)
      return "byte \(header + offset) is \(value)"
    }
    let field = fields.randomElement(using: &generator) ?? (0, 8)
    let before = bytes
    let change = change(header + field.0, field.1, in: &bytes, &generator)
    // A commit whose number is lowered by two is what LMDB leaves where a header page could not be written: the file is
    // then what it was one commit earlier, and nobody can say that it is damaged.
    let number = header + 144
    if bytes.number(number, 8) &+ 2 == before.number(number, 8) { bytes[number] ^= 1 }
    return change
  }

  private func changeChild(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String? {
    guard let branch = branches.randomElement(using: &generator),
      let node = bytes.nodes(of: branch * Self.pageBytes).randomElement(using: &generator)
    else { return nil }
    let anywhere = Int.random(in: 0..<newer.count / Self.pageBytes, using: &generator)
    let others = [branch, anywhere] + branches + leaves
    let target = Bool.random(using: &generator) ? branch : others.randomElement(using: &generator) ?? branch
    bytes.set(UInt64(target), 6, at: node)
    return "of branch \(branch) is page \(target)"
  }

  private func changeEntry(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String? {
    guard let page = (leaves + branches).randomElement(using: &generator) else { return nil }
    let start = page * Self.pageBytes
    let count = max(1, Int(bytes.number(start + 12, 2)) / 2 - 8)
    let index = Int.random(in: 0..<count, using: &generator)
    guard index < bytes.nodes(of: start).count else { return nil }
    let node = bytes.nodes(of: start)[index]
    let value = node + 8 + Int(bytes.number(node + 6, 2))
    var fields = [(start + 12, 2), (start + 14, 2), (start + 16 + 2 * index, 2)]
    fields += [(node, 4), (node + 4, 2), (node + 6, 2)]
    if bytes.number(node + 4, 2) == 1, value + 8 <= start + Self.pageBytes { fields.append((value, 8)) }
    let field = fields.randomElement(using: &generator) ?? (node, 4)
    return change(field.0, field.1, in: &bytes, &generator)
  }

  private func changeTable(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String? {
    let header = bytes.newerHeader
    let main = Int(bytes.number(header + 88 + 40, 8)) * Self.pageBytes
    guard let node = bytes.nodes(of: main).randomElement(using: &generator),
      let field = [(0, 4), (4, 2), (6, 2), (8, 8), (16, 8), (24, 8), (32, 8), (40, 8), (40, 8)]
        .randomElement(using: &generator)
    else { return nil }
    let record = node + 8 + Int(bytes.number(node + 6, 2))
    return change(record + field.0, field.1, in: &bytes, &generator)
  }

  private func changeFreeList(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) -> String? {
    let root = bytes.number(bytes.newerHeader + 40 + 40, 8)
    guard root < UInt64(bytes.count / Self.pageBytes), bytes.number(Int(root) * Self.pageBytes + 10, 2) == 2,
      let node = bytes.nodes(of: Int(root) * Self.pageBytes).randomElement(using: &generator)
    else { return nil }
    let value = node + 16
    guard bytes.number(node + 4, 2) == 0 else { return nil }
    let count = Int(bytes.number(value, 8))
    guard count > 0, Bool.random(using: &generator) else {
      return change(value - Int.random(in: 0...1, using: &generator) * 8, 8, in: &bytes, &generator)
    }
    return change(value + 8 * Int.random(in: 1...count, using: &generator), 8, in: &bytes, &generator)
  }
}

extension [UInt8] {
  fileprivate func number(_ place: Int, _ byteCount: Int) -> UInt64 {
    guard place >= 0, place + byteCount <= count else { return 0 }
    return (0..<byteCount).reduce(0) { $0 | UInt64(self[place + $1]) << UInt64(8 * $1) }
  }

  fileprivate mutating func set(_ value: UInt64, _ byteCount: Int, at place: Int) {
    guard place >= 0, place + byteCount <= count else { return }
    for byte in 0..<byteCount { self[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte)) }
  }

  fileprivate var newerHeader: Int { number(144, 8) > number(4_096 + 144, 8) ? 0 : 4_096 }

  /// The places of the entries of a page.
  fileprivate func nodes(of page: Int) -> [Int] {
    stride(from: 16, to: Int(number(page + 12, 2)), by: 2).map { page + Int(number(page + $0, 2)) }
  }
}
