import Records

/// A node of the upper layers with links that are its own.
struct UpperNode: Equatable {
  var slot: UInt32
  var level: Int
  var links: [UInt32]

  static func encoded(_ nodes: [UpperNode]) -> [UInt8] {
    let all = nodes.flatMap { $0.links.map(\.littleEndian) }
    return all.withUnsafeBytes { bytes in
      var start = 0
      return UpperBlock.encode(
        nodes.map { node in
          defer { start += 4 * node.links.count }
          return UpperBlock.Node(
            slot: node.slot, level: node.level,
            links: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 4 * node.links.count)]))
        })
    }
  }

  static func decoded(_ record: UnsafeRawBufferPointer, number: UInt32, m: Int) throws(RecordError)
    -> [UpperNode]
  {
    var nodes: [UpperNode] = []
    try UpperBlock.forEach(record, number: number, m: m) { node in
      let links = stride(from: 0, to: node.links.count, by: 4).map {
        UInt32(littleEndian: node.links.loadUnaligned(fromByteOffset: $0, as: UInt32.self))
      }
      nodes.append(UpperNode(slot: node.slot, level: node.level, links: links))
    }
    return nodes
  }
}
