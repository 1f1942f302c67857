import CKernels
package import VectorMath

/// How the links of a node lie in its record of one layer: numbers of slots with `bits` bits each, packed, the lowest
/// bits first. A number of all ones means that there is none.
///
/// The base layer has as many bits as its slots need, for its records are most of what a graph takes beside the
/// vectors; the upper layers have 32.
package struct LinkFormat: Sendable {
  /// Links there is room for.
  package let count: Int
  package let bits: Int
  /// Bytes of a record; the bits behind the last link are ones.
  package let byteCount: Int
  /// What stands where there is no link.
  private let none: UInt32
  private let kernels: Kernels

  /// - Parameter bits: 8 to 32, enough that the record has eight bytes: a link is read as part of eight bytes of its
  ///   own record.
  package init(count: Int, bits: Int, kernels: Kernels = .best) {
    precondition((8...32).contains(bits) && count * bits >= 64, "links of \(count) times \(bits) bits")
    self.count = count
    self.bits = bits
    byteCount = (count * bits + 7) / 8
    none = .max >> UInt32(32 - bits)
    self.kernels = kernels
  }

  /// The format of an upper layer.
  static func upper(m: Int) -> LinkFormat { LinkFormat(count: m, bits: 32) }

  /// The format with the fewest bits that distinguish `slotCount` slots from each other and from no link.
  package init(count: Int, slotCount: Int) {
    let needed = Int.bitWidth - slotCount.leadingZeroBitCount
    self.init(count: count, bits: max(8, (63 + count) / count, needed))
  }

  /// Whether a link can lead to each of `slotCount` slots.
  package func holds(slotCount: Int) -> Bool { slotCount <= Int(none) }

  /// Where in a record the eight bytes are that hold a link, and how far up in them it stands.
  @inline(__always)
  private func place(_ index: Int) -> (offset: Int, shift: UInt64) {
    let bit = index &* bits
    let offset = min(bit &>> 3, byteCount &- 8)
    return (offset, UInt64(truncatingIfNeeded: bit &- offset &* 8))
  }

  /// Reads the links in a span of a record; `noSlot` where there is none.
  /// - Parameter links: room for as many as the span is wide.
  @inline(__always)
  func read(_ record: UnsafeRawPointer, _ span: LinkSpan, into links: UnsafeMutablePointer<UInt32>) {
    kernels.table.pointee.unpack_numbers(record, byteCount, bits, span.start, span.width, links)
  }

  /// The link at `index`; `noSlot` where there is none.
  @inline(__always)
  func link(in record: UnsafeRawPointer, at index: Int) -> UInt32 {
    let (offset, shift) = place(index)
    let word = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    let number = UInt32(truncatingIfNeeded: word &>> shift) & none
    return number == none ? noSlot : number
  }

  /// Writes the link at `index`. Only the record's own bytes are touched.
  @inline(__always)
  func setLink(in record: UnsafeMutableRawPointer, at index: Int, to link: UInt32) {
    let (offset, shift) = place(index)
    var word = UInt64(littleEndian: record.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    word = word & ~(UInt64(none) &<< shift) | UInt64(link & none) &<< shift
    record.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
  }
}

/// The links in a span of one node's record, to be changed.
package struct LinkList {
  let record: UnsafeMutableRawPointer
  let format: LinkFormat
  let span: LinkSpan

  /// The slot at `index` of the span; `noSlot` where there is none.
  package subscript(index: Int) -> UInt32 {
    get { format.link(in: record, at: span.start + index) }
    nonmutating set { format.setLink(in: record, at: span.start + index, to: newValue) }
  }

  /// Copies the list.
  /// - Parameter links: room for all of the span.
  /// - Returns: how many links there are before the first place without one.
  func copy(to links: UnsafeMutablePointer<UInt32>) -> Int {
    format.read(record, span, into: links)
    var count = 0
    while count < span.width && links[count] != noSlot { count += 1 }
    return count
  }

  /// Puts `count` links into the list and nothing behind them.
  func replace(with links: UnsafePointer<UInt32>, count: Int) {
    for index in 0..<span.width { self[index] = index < count ? links[index] : noSlot }
  }

  func removeAll() { for index in 0..<span.width { self[index] = noSlot } }
}

extension BlockStore {
  /// Takes over the links of a number of slots from a table in another format.
  package func copyLinks(
    of slotCount: Int, from table: BlockTable, _ old: LinkFormat, as new: LinkFormat
  ) {
    grow(toSlots: slotCount)
    let span = LinkSpan(start: 0, width: new.count)
    let links = UnsafeMutablePointer<UInt32>.allocate(capacity: new.count)
    defer { links.deallocate() }
    for slot in 0..<UInt32(slotCount) {
      old.read(table.row(slot), span, into: links)
      LinkList(record: mutableRow(slot), format: new, span: span).replace(with: links, count: new.count)
    }
  }
}
