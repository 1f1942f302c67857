import HNSW
import Testing

@Suite struct BlockStoreTests {
  private func makeStore(fill: UInt8 = 0xFF, startingFrom table: BlockTable? = nil) -> BlockStore {
    BlockStore(
      geometry: BlockGeometry(rowsPerBlock: 5, strideBytes: 64), headerBytes: 48, fill: fill,
      startingFrom: table)
  }

  private func setByte(_ store: BlockStore, _ slot: UInt32, to value: UInt8) {
    store.mutableRow(slot).storeBytes(of: value, as: UInt8.self)
  }

  @Test func newRowsHoldTheFillAndHeadersZero() {
    let store = makeStore(fill: 0xAB)
    store.grow(toSlots: 11)
    #expect(store.blockCount == 3)
    #expect(store.privateBlocks == [0, 1, 2])
    for block in 0..<3 {
      let bytes = store.bytes(ofBlock: block)
      #expect(bytes.count == 48 + 5 * 64)
      #expect(bytes.prefix(48).allSatisfy { $0 == 0 })
      #expect(bytes.dropFirst(48).allSatisfy { $0 == 0xAB })
    }
  }

  @Test func rowZeroOfEachBlockBeginsACacheLine() {
    let store = makeStore()
    store.grow(toSlots: 5 * 40)
    for block in 0..<40 {
      #expect(UInt(bitPattern: store.table.base(ofBlock: block)) % 64 == 0, "block \(block)")
    }
  }

  @Test func growingKeepsRowsAndShrinksNever() {
    let store = makeStore()
    store.grow(toSlots: 3)
    setByte(store, 2, to: 7)
    store.grow(toSlots: 5_000)
    #expect(store.blockCount == 1_000)
    #expect(store.table.row(2).load(as: UInt8.self) == 7)
    store.grow(toSlots: 1)
    #expect(store.blockCount == 1_000)
  }

  @Test func aCopyLeavesTheSnapshotUntouched() {
    let snapshot = makeStore()
    snapshot.grow(toSlots: 15)
    for slot in 0..<UInt32(15) { setByte(snapshot, slot, to: UInt8(slot)) }
    let changed = makeStore(startingFrom: snapshot.table)
    #expect(changed.privateBlocks.isEmpty)
    changed.makePrivate(1)
    changed.makePrivate(1)
    #expect(changed.privateBlocks == [1])
    setByte(changed, 7, to: 200)
    #expect(snapshot.table.row(7).load(as: UInt8.self) == 7)
    #expect(changed.table.row(7).load(as: UInt8.self) == 200)
    #expect(changed.table.row(8).load(as: UInt8.self) == 8)
    // The other blocks are still the snapshot's own memory.
    #expect(changed.table.row(0) == snapshot.table.row(0))
    changed.grow(toSlots: 16)
    #expect(changed.privateBlocks == [1, 3])
  }

  @Test func blocksLargerThanAPieceOfMemoryFit() {
    let store = BlockStore(
      geometry: BlockGeometry(rowsPerBlock: 600, strideBytes: 65_536), headerBytes: 64, fill: 0)
    store.grow(toSlots: 601)
    store.mutableRow(1_199).storeBytes(of: 9, as: UInt8.self)
    #expect(store.blockCount == 2)
    #expect(store.table.row(1_199).load(as: UInt8.self) == 9)
    #expect(store.table.row(599).load(as: UInt8.self) == 0)
  }
}
