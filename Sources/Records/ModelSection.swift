import Basics

/// One array of a model: its name, the type of its elements, its shape, and where its bytes are among the model's.
package struct ModelSection: Equatable, Sendable {
  /// Little-endian elements of 4 bytes.
  package enum Element: UInt8, Sendable {
    case float32 = 1
    case uint32 = 2
  }

  package let name: String
  package let element: Element
  package let shape: [Int]
  /// From the first byte of the model's pieces.
  package let offsetBytes: Int

  package init(name: String, element: Element, shape: [Int], offsetBytes: Int) {
    self.name = name
    self.element = element
    self.shape = shape
    self.offsetBytes = offsetBytes
  }

  /// Elements: the product of the shape.
  package var count: Int { shape.reduce(1, *) }
  package var byteCount: Int { 4 * count }
}

extension ModelSection {
  func append(to writer: inout ByteWriter) {
    writer.append(element.rawValue)
    writer.append(UInt8(shape.count))
    for length in shape { writer.append(UInt64(length)) }
    writer.append(UInt64(offsetBytes))
    writer.append(name)
  }

  /// - Parameter offsetBytes: where the section before this one ends: sections follow each other without gaps.
  init(_ reader: inout ByteReader, at offsetBytes: Int) throws(RecordError) {
    let type = try reader.read(UInt8.self)
    guard let element = Element(rawValue: type) else { throw .invalid("a section of type \(type)") }
    self.element = element
    let rank = Int(try reader.read(UInt8.self))
    guard rank <= Limits.arrayRank else { throw .invalid("a section of \(rank) axes") }
    var (shape, count) = ([Int](), 1)
    for _ in 0..<rank {
      let length = try reader.read(UInt64.self)
      guard length <= UInt64(Limits.modelBytes) else { throw .invalid("an axis of \(length)") }
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: Int(length))
      guard !isTooLarge, product <= Limits.modelBytes / 4 else {
        throw .invalid("a section of \(length)s")
      }
      shape.append(Int(length))
      count = product
    }
    self.shape = shape
    let offset = try reader.read(UInt64.self)
    guard offset == UInt64(offsetBytes) else {
      throw .invalid("a section at \(offset), not at \(offsetBytes)")
    }
    self.offsetBytes = offsetBytes
    name = try reader.readText()
  }
}
