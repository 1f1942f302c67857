/// A named array of a model.
package struct ModelArray: Sendable {
  /// The elements of an array, row by row.
  package enum Values: Sendable {
    case floats([Float])
    case words([UInt32])
  }

  package let name: String
  package let shape: [Int]
  package let values: Values

  /// - Parameter values: as many as the product of `shape`.
  package init(_ name: String, _ shape: [Int], _ values: Values) {
    self.name = name
    self.shape = shape
    self.values = values
  }

  package init(_ name: String, _ values: [UInt32]) { self.init(name, [values.count], .words(values)) }

  package init(_ name: String, _ values: [Float]) { self.init(name, [values.count], .floats(values)) }

  /// Appends the elements, four bytes each.
  /// - Returns: where they are.
  package func append(to bytes: inout [UInt8]) -> ModelSection {
    let offset = bytes.count
    func append(_ word: UInt32) { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    switch values {
    case .floats(let values):
      for value in values { append(value.bitPattern) }
      return ModelSection(name: name, element: .float32, shape: shape, offsetBytes: offset)
    case .words(let values):
      for value in values { append(value) }
      return ModelSection(name: name, element: .uint32, shape: shape, offsetBytes: offset)
    }
  }

  /// The array of a section.
  /// - Parameter bytes: of all sections, which end within them.
  package init(_ section: ModelSection, in bytes: UnsafeRawBufferPointer) {
    func words<T>(_ element: (UInt32) -> T) -> [T] {
      (0..<section.count).map { index in
        let offset = section.offsetBytes + 4 * index
        return element(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
      }
    }
    self.init(
      section.name, section.shape,
      section.element == .float32 ? .floats(words { Float(bitPattern: $0) }) : .words(words { $0 }))
  }
}
