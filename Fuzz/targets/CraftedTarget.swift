import Kindred
import LMDB
import Platform

extension FuzzTarget {
  /// Stores with records that no program wrote, under right checksums: everything that is done with one ends with an
  /// answer or an error.
  static let crafted = FuzzTarget("crafted", maximumBytes: 256, maximumSeconds: 10) { bytes in
    guard let store = craftedStore else { throw FuzzFailure("no store to change") }
    var input = FuzzInput(bytes)
    var changed: [CraftedStore.Entry] = []
    let space = spaceNames[input.below(spaceNames.count)]
    repeat {
      changed.append(
        store.sealed(change(store.entries[Int(input.number(UInt16.self)) % store.entries.count], &input)))
    } while !input.isEmpty && changed.count < 4
    try store.write(to: file, changed)
    defer { unlink(file.path + "-lock") }
    try use(file.path, space)
  } samples: {
    guard let store = craftedStore else { throw FuzzFailure("no store to change") }
    // One of each table; a value is changed at its beginning, in its middle, and cut.
    let places = Dictionary(grouping: store.entries.indices) { store.entries[$0].table }.values.compactMap(
      \.first)
    return places.sorted().flatMap { place in
      [[0, 5, 0, 255], [0, 64, 0, 129], [1, 3, 0, 0]].map { edit in
        [UInt8(place % 4), UInt8(place & 255), UInt8(place >> 8), 1] + (edit as [UInt8])
      }
    }
  }

  private static let file = ByteFile("crafted")
  private static let spaceNames = ["flat", "codes", "dots", "content"]
  private static let craftedStore = try? CraftedStore(path: file.path + "-made")

  /// A few bytes of an entry's value or key changed, or its end.
  private static func change(_ entry: CraftedStore.Entry, _ input: inout FuzzInput) -> CraftedStore.Entry {
    var (key, value) = (entry.key, entry.value)
    for _ in 0..<(1 + input.below(4)) {
      let kind = input.below(6)
      let place = Int(input.number(UInt16.self))
      let byte = input.number(UInt8.self)
      switch kind {
      case 0: if !value.isEmpty { value[place % value.count] = byte }
      case 1: value.removeLast(min(place, value.count))
      case 2: value += [UInt8](repeating: byte, count: place % 9_000)
      case 3:
        let number = input.number(UInt32.self)
        for index in 0..<4 where place + index < value.count {
          value[place + index] = UInt8(truncatingIfNeeded: number >> (8 * UInt32(index)))
        }
      case 4: if !key.isEmpty { key[place % key.count] = byte }
      default: if !value.isEmpty { value.insert(byte, at: place % value.count) }
      }
    }
    if key.allSatisfy({ $0 == 0 }), key.isEmpty { key = [0] }
    return CraftedStore.Entry(table: entry.table, key: key, value: value)
  }

  /// Everything that a store can do, with one of its spaces, each with an error of its own.
  private static func use(_ path: String, _ space: String) throws {
    func attempt(_ body: () throws -> Void) throws {
      _ = try accepted(StoreError.self) { try body() }
    }
    try attempt {
      let store = try Store.open(
        at: path, options: Store.Options(durability: .none, mergesAutomatically: false))
      defer { store.close() }
      var isSound = false
      try attempt { isSound = try store.verify().ok }
      for kind in RecordKind.allCases {
        try attempt { try store.read { try $0.forEachRecord(kind) { _ = $0.attributes.count } } }
        for filter in [
          "price < 9 and color = 'red'", "tags = 'b1' or size.w > 2", "code is null", "text like 'R%'",
        ] {
          try attempt { _ = try store.count(kind, where: Filter(filter)) }
        }
      }
      try attempt { try store.read { try $0.forEachEvent { _ = $0.value } } }
      for id in ["u0", "i3", "i4"] {
        try attempt { _ = (try store.sequence(user: id), try store.item(id: id), try store.user(id: id)) }
      }
      try attempt { _ = try store.statistics() }
      // Reading an encoder takes longer than all else.
      if space == "content" { try attempt { _ = try store.query(space, text: "red bag") } }
      try search(store, space, isSound: isSound, attempt)
      try attempt { _ = try store.recommend(user: "u0") }
      try attempt { try store.write { _ = try $0.delete(["i4", "u1"], kind: .items) } }
      try attempt { try store.delete(["u1"], kind: .users) }
      try attempt { try store.append(Event(user: "u2", item: "i9", time: Timestamp(milliseconds: 1))) }
      try attempt { try store.upsert(space, ids: ["i5"], vectors: [1, 2, 3, 4, 5, 6, 7, 8]) }
      try attempt { try store.merge(space) }
      try attempt { try store.rebuild([space], threads: 1) }
      try attempt { try store.dropSpace(space) }
    }
  }

  private static func search(
    _ store: Store, _ space: String, isSound: Bool, _ attempt: (() throws -> Void) throws -> Void
  ) throws {
    var dimension = 8
    try attempt { dimension = try store.space(space).configuration.dimension }
    let vector = (0..<dimension).map { Float($0 % 7) - 2.5 }
    for effort in [QueryOptions.Effort.exact, .ef(12), .automatic] {
      for filter in [nil, "price < 12"] as [Filter?] {
        try attempt {
          let options = QueryOptions(k: 5, effort: effort, filter: filter, records: true)
          let found = try store.query(space, vector: vector, options: options)
          try hold(!isSound || found.count <= 5, "\(found.count) matches of 5")
        }
      }
    }
    try attempt { _ = try store.vector(space, id: "i7") }
    try attempt { try store.read { try $0.forEachVector(space) { _, components in _ = components.count } } }
  }
}
