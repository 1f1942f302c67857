import Platform
import VectorMath

/// Rows of a few vectors in memory, as a store lays them out, for kernels to read.
final class EncodedRows {
  let layout: RowLayout
  let count: Int
  let pointers: [UnsafeRawPointer?]
  private let memory: UnsafeMutableRawPointer

  /// Encodes `components`, which holds one vector after the other, starting `misalignment` bytes into a line.
  init(_ components: [Float], dimension: Int, encoding: RowEncoding, misalignment: Int = 0) throws {
    let layout = try RowLayout(dimension: dimension, encoding: encoding)
    self.layout = layout
    count = components.count / dimension
    memory = .allocate(byteCount: count * layout.strideBytes + misalignment, alignment: 64)
    let aligned = UnsafeMutableRawPointer.allocate(byteCount: layout.strideBytes, alignment: 64)
    defer { aligned.deallocate() }
    var pointers: [UnsafeRawPointer?] = []
    for index in 0..<count {
      components.withUnsafeBufferPointer { buffer in
        if let base = buffer.baseAddress { layout.encode(base + index * dimension, into: aligned) }
      }
      let row = memory + misalignment + index * layout.strideBytes
      row.copyMemory(from: aligned, byteCount: layout.strideBytes)
      pointers.append(UnsafeRawPointer(row))
    }
    self.pointers = pointers
  }

  deinit { memory.deallocate() }

  /// Row `index` as it was stored, that is with the rounding of its encoding.
  func vector(_ index: Int) -> [Float] {
    let row = pointers[index] ?? UnsafeRawPointer(memory)
    return (0..<layout.dimension).map { component in
      switch layout.encoding {
      case .float32: row.loadUnaligned(fromByteOffset: component * 4, as: Float.self)
      case .float16:
        floatOfHalf(row.loadUnaligned(fromByteOffset: component * 2, as: UInt16.self))
      }
    }
  }
}

/// The value of a half, by its definition: an oracle that shares nothing with the kernels.
func floatOfHalf(_ bits: UInt16) -> Float {
  let sign: Float = bits & 0x8000 == 0 ? 1 : -1
  let exponent = Int(bits >> 10 & 0x1F)
  let fraction = Float(bits & 0x3FF)
  switch exponent {
  case 31: return fraction == 0 ? sign * .infinity : .nan
  case 0: return sign * fraction * 0x1p-24
  default: return sign * (1024 + fraction) * Float(sign: .plus, exponent: exponent - 25, significand: 1)
  }
}

/// Memory that ends where a page without any access begins: reading past the end kills the test.
final class GuardedPage {
  private let base: UnsafeMutableRawPointer
  private let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  struct Unavailable: Error {}

  init() throws {
    let flags = MAP_PRIVATE | MAP_ANON
    guard let base = mmap(nil, 2 * pageSize, PROT_READ | PROT_WRITE, flags, -1, 0), base != MAP_FAILED,
      mprotect(base + pageSize, pageSize, PROT_NONE) == 0
    else { throw Unavailable() }
    self.base = base
  }

  deinit { munmap(base, 2 * pageSize) }

  /// Copies `bytes` so that they end at the forbidden page.
  func place(_ bytes: some Collection<UInt8>) -> UnsafeRawPointer {
    let start = base + pageSize - bytes.count
    UnsafeMutableRawBufferPointer(start: start, count: bytes.count).copyBytes(from: bytes)
    return UnsafeRawPointer(start)
  }
}
