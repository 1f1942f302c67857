import Basics

/// The header of a `.npy` file, versions 1 to 3, read strictly.
struct NPYHeader {
  let element: NPYElement
  /// One or two sizes, none negative.
  let shape: [Int]
  /// Where the numbers begin in the file.
  let dataOffset: Int
  /// How many bytes the numbers take; checked not to overflow.
  let dataSize: Int

  var rows: Int { shape[0] }
  var columns: Int { shape.count == 2 ? shape[1] : 1 }

  /// Reads the header at the front of `bytes`, which may go on with anything.
  /// - Throws: `.corrupt`, `.unsupportedContent`.
  init(_ bytes: UnsafeRawBufferPointer, name: String) throws(InterchangeError) {
    let (text, dataOffset) = try Self.dictionary(of: bytes, name: name)
    var parser = NPYDictionary(text, name: name)
    let fields = try parser.parse()
    if fields.isFortranOrder {
      throw InterchangeError(
        .unsupportedContent,
        "'\(name)' is in Fortran order; save it with numpy.ascontiguousarray(a)", path: name)
    }
    guard let element = NPYElement(rawValue: fields.descriptor) else {
      throw Self.unsupported(fields.descriptor, name: name)
    }
    guard fields.shape.count == 1 || fields.shape.count == 2 else {
      throw InterchangeError(
        .unsupportedContent,
        "'\(name)' has \(fields.shape.count) dimensions; one or two are read here", path: name)
    }
    if fields.shape.count == 2, fields.shape[1] == 0 {
      throw InterchangeError(.unsupportedContent, "'\(name)' has rows without columns", path: name)
    }
    var size = element.sizeBytes
    for length in fields.shape {
      let (product, overflows) = size.multipliedReportingOverflow(by: length)
      guard !overflows, product <= Int.max - dataOffset else {
        throw InterchangeError(
          .corrupt, "'\(name)' claims the impossible shape \(fields.shape)", path: name)
      }
      size = product
    }
    self.element = element
    shape = fields.shape
    self.dataOffset = dataOffset
    dataSize = size
  }

  /// The bytes of the dictionary and the offset behind them.
  private static func dictionary(
    of bytes: UnsafeRawBufferPointer, name: String
  ) throws(InterchangeError) -> (text: UnsafeRawBufferPointer, end: Int) {
    let magic: [UInt8] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(magic) else {
      throw InterchangeError(.corrupt, "'\(name)' does not begin like a .npy file", path: name)
    }
    let major = bytes[6]
    guard (1...3).contains(major), bytes[7] == 0 else {
      throw InterchangeError(
        .unsupportedContent, "'\(name)' is .npy version \(major).\(bytes[7]); 1.0 to 3.0 are read", path: name
      )
    }
    let start = major == 1 ? 10 : 12
    guard bytes.count >= start else { throw cut(name) }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if major > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard length <= Limits.npyHeaderBytes else {
      throw InterchangeError(
        .corrupt, "'\(name)' claims a header of \(length) bytes; at most \(Limits.npyHeaderBytes) are read",
        path: name)
    }
    guard bytes.count - start >= length else { throw cut(name) }
    return (UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]), start + length)
  }

  private static func cut(_ name: String) -> InterchangeError {
    InterchangeError(.corrupt, "'\(name)' is cut short inside its header", path: name)
  }

  private static func unsupported(_ descriptor: String, name: String) -> InterchangeError {
    let advice =
      switch descriptor.first {
      case ">": "it is big-endian; save it with a.astype(a.dtype.newbyteorder('<'))"
      case "|" where descriptor.hasPrefix("|O"): "it holds Python objects, which are never read"
      default: "save it with a.astype('float32')"
      }
    let known = NPYElement.allCases.map(\.rawValue).joined(separator: ", ")
    return InterchangeError(
      .unsupportedContent,
      "'\(name)' has numbers of type '\(descriptor)'; \(known) are read: "
        + advice,
      path: name)
  }
}
