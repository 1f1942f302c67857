private import CKernels

/// CRC-32C (Castagnoli) of `bytes`, continuing from `seed`.
package func crc32c(_ bytes: UnsafeRawBufferPointer, seed: UInt32 = 0) -> UInt32 {
  guard let start = bytes.baseAddress else { return seed }
  return kindred_crc32c(seed, start, bytes.count)
}
