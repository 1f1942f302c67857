import Basics

/// A file of named arrays that stays where it is: its numbers are read from the mapped file.
///
/// Others must not cut the file short while it is used; the operating system answers that with a signal.
package final class SafetensorsFile: Sendable {
  /// One array.
  package struct Array: Sendable {
    package let name: String
    /// The type of its numbers, in the format's words: `F32`, `F16`, `BF16`, `I64`, …
    package let type: String
    package let shape: [Int]
    /// Its bytes, little-endian and row-major, counted from the first of the file.
    package let range: Range<Int>
  }

  package let path: String
  /// In the order of their bytes.
  package let arrays: [Array]
  private let file: FileBytes
  private let places: [ExactString: Int]

  /// Reads the header of a file, and checks it.
  /// - Throws: what a file throws that cannot be read; `.corrupt`, `.unsupportedContent`.
  package init(path: String) throws(InterchangeError) {
    self.path = path
    file = try FileBytes(path: path)
    let header: SafetensorsHeader
    do throws(InterchangeError) { header = try SafetensorsHeader(file.bytes) } catch {
      throw InterchangeError(error.code, "'\(path)': \(error.message)", path: path)
    }
    arrays = header.entries.map { Array(name: $0.name, type: $0.type, shape: $0.shape, range: $0.range) }
    places = Dictionary(
      arrays.enumerated().map { (ExactString($1.name), $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The array of a name.
  package subscript(name: String) -> Array? { places[ExactString(name)].map { arrays[$0] } }

  /// All bytes of the file; valid as long as this object.
  package var bytes: UnsafeRawBufferPointer { file.bytes }

  /// The numbers of an array as float32: those of the file where it holds them, or a copy.
  /// - Throws: `.unsupportedContent` for whole numbers and float64.
  package func floats(_ array: Array) throws(InterchangeError) -> Floats {
    let raw = UnsafeRawBufferPointer(rebasing: file.bytes[array.range])
    let count = array.shape.reduce(1, *)
    switch array.type {
    case "F32":
      if let base = raw.baseAddress, Int(bitPattern: base) % MemoryLayout<Float>.alignment == 0 {
        let values = UnsafeBufferPointer(start: base.assumingMemoryBound(to: Float.self), count: count)
        return Floats(values, owner: self)
      }
      return Floats(count) { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    case "F16":
      return Floats(count) { index in
        let bits = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        return floatFromHalf(bits)
      }
    case "BF16":
      return Floats(count) { index in
        let bits = UInt16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        return Float(bitPattern: UInt32(bits) << 16)
      }
    default: throw unsupported(array, "float32, float16 and bfloat16")
    }
  }

  /// The whole numbers of an array.
  /// - Throws: `.unsupportedContent` for others than int32 and int64.
  package func integers(_ array: Array) throws(InterchangeError) -> [Int64] {
    let raw = UnsafeRawBufferPointer(rebasing: file.bytes[array.range])
    let count = array.shape.reduce(1, *)
    switch array.type {
    case "I64":
      return (0..<count).map {
        Int64(littleEndian: raw.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    case "I32":
      return (0..<count).map {
        Int64(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)))
      }
    default: throw unsupported(array, "int32 and int64")
    }
  }

  private func unsupported(_ array: Array, _ types: String) -> InterchangeError {
    InterchangeError(
      .unsupportedContent,
      "'\(path)': \"\(array.name)\" holds numbers of type \(array.type), where \(types) are read", path: path)
  }

  /// Numbers that are kept for as long as somebody holds this.
  package final class Floats: Sendable {
    /// Valid as long as this object.
    package nonisolated(unsafe) let values: UnsafeBufferPointer<Float>  // never written after `init`
    private let owner: SafetensorsFile?

    init(_ values: UnsafeBufferPointer<Float>, owner: SafetensorsFile) {
      (self.values, self.owner) = (values, owner)
    }

    init(_ count: Int, _ value: (Int) -> Float) {
      let copy = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      for index in 0..<count { copy.initializeElement(at: index, to: value(index)) }
      (values, owner) = (UnsafeBufferPointer(copy), nil)
    }

    deinit { if owner == nil { values.deallocate() } }
  }
}
