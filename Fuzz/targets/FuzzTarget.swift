import Platform

/// Code that reads bytes from outside, and what must hold whatever the bytes are.
///
/// `kindred-fuzz` gives one to libFuzzer; `Tests/FuzzTests` replays its corpus and mutations of it.
package struct FuzzTarget: Sendable {
  /// The name of its folder in `Fuzz/corpora`.
  package let name: String
  /// Inputs longer than this say nothing more.
  package let maximumBytes: Int
  /// Processor time that an input may take, with the address sanitizer.
  package let maximumSeconds: Double
  /// Reads one input. What refuses it throws nothing here; a `FuzzFailure` says what does not hold.
  package let read: @Sendable (UnsafeRawBufferPointer) throws -> Void
  /// Inputs that our own writers make, to begin a corpus with.
  package let samples: @Sendable () throws -> [[UInt8]]

  init(
    _ name: String, maximumBytes: Int = 4_096, maximumSeconds: Double = 1,
    read: @escaping @Sendable (UnsafeRawBufferPointer) throws -> Void,
    samples: @escaping @Sendable () throws -> [[UInt8]]
  ) {
    self.name = name
    self.maximumBytes = maximumBytes
    self.maximumSeconds = maximumSeconds
    self.read = read
    self.samples = samples
  }

  /// Reads an input of a file.
  package func read(_ bytes: [UInt8]) throws {
    // A copy of its own of exactly the input's size: the address sanitizer sees a read behind it.
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    defer { copy.deallocate() }
    copy.copyBytes(from: bytes)
    try read(UnsafeRawBufferPointer(copy))
  }

  /// All targets, by name.
  package static let all = [
    blocks, counts, crafted, csv, curve, encoder, entities, filters, fvecs, graph, gzip, json, keys, manifest,
    models, npy, numbers, operations, pages, safetensors, spaces, times, tokenizers, vectors,
  ]
}

/// What does not hold of an input.
package struct FuzzFailure: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}

/// Throws where a condition does not hold.
func hold(
  _ condition: Bool, _ what: @autoclosure () -> String, file: StaticString = #fileID, line: Int = #line
) throws {
  guard !condition else { return }
  throw FuzzFailure("\(file):\(line): \(what())")
}

/// What `body` reads; nil where it refuses the bytes with its own kind of error.
func accepted<Value, Refusal: Error>(_: Refusal.Type, _ body: () throws -> Value) throws -> Value? {
  do { return try body() } catch is Refusal { return nil }
}

/// Takes an input apart: choices first, then the bytes that are read. Behind its end there are zeros.
struct FuzzInput {
  private(set) var rest: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) { rest = bytes }

  var isEmpty: Bool { rest.isEmpty }

  /// The next bytes as a number, little-endian.
  mutating func number<Value: FixedWidthInteger>(_: Value.Type = Value.self) -> Value {
    var value: Value = 0
    let count = min(rest.count, MemoryLayout<Value>.size)
    for index in 0..<count { value |= Value(truncatingIfNeeded: rest[index]) << Value(8 * index) }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    return value
  }

  /// A choice among up to 256.
  mutating func below(_ bound: Int) -> Int { Int(number(UInt8.self)) % bound }

  /// The next bytes; fewer at the end.
  mutating func take(_ count: Int) -> UnsafeRawBufferPointer {
    let taken = UnsafeRawBufferPointer(rebasing: rest.prefix(count))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    return taken
  }
}
