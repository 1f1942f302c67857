import Basics
import LMDB
package import Records
import VectorMath

extension Writer {
  /// Makes an empty space.
  /// - Throws: `.spaceExists`, `.invalidArgument` with the allowed range.
  @discardableResult
  package func createSpace(_ definition: SpaceDefinition) throws -> SpaceWriter {
    try definition.check()
    if try transaction.spaceRecord(definition.name, tables) != nil {
      throw EngineError(.spaceExists, "the store has a space \"\(definition.name)\" already; drop it first")
    }
    let record = SpaceRecord(definition, number: store.nextSpace, generation: store.nextGeneration)
    store.nextSpace += 1
    store.nextGeneration += 1
    try transaction.put(tables.space, definition.name, record.encoded())
    return keep(record)
  }

  /// Removes a space with all its vectors; its pages are freed later, in slices.
  package func dropSpace(_ name: String) throws {
    let space = try space(name)
    try transaction.delete(tables.space, name)
    try transaction.put(tables.garbage, space.record.generation, GarbageRecord.abandoned.encoded())
    try space.removeAll(tables.tail)
    try space.removeAll(tables.encoder)
    forget(space: name)
  }

  /// Puts a space in the place of another, whose vectors are removed: from the next snapshot on its name means the new
  /// one.
  package func replaceSpace(_ name: String, with other: String) throws {
    try dropSpace(name)
    let space = try space(other)
    try transaction.delete(tables.space, other)
    forget(space: other)
    var record = space.record
    record.definition.name = name
    try transaction.put(tables.space, name, record.encoded())
    keep(record)
  }
}

extension SpaceDefinition {
  /// - Throws: `.invalidArgument` with the allowed range.
  func check() throws(EngineError) {
    func require(_ isRight: Bool, _ message: @autoclosure () -> String) throws(EngineError) {
      if !isRight { throw EngineError(.invalidArgument, message()) }
    }
    try require(
      (1...Limits.spaceNameBytes).contains(name.utf8.count),
      "a space's name has 1 to \(Limits.spaceNameBytes) bytes; this one has \(name.utf8.count)")
    try require(
      (1...Limits.dimension).contains(shape.dimension),
      "dimension \(shape.dimension) is outside 1 to \(Limits.dimension)")
    try require((2...128).contains(m), "m \(m) is outside 2 to 128")
    try require(
      (1...10_000).contains(efConstruction), "efConstruction \(efConstruction) is outside 1 to 10000")
  }
}
