import Basics
import Interchange

/// The arrays of a model's file by name, checked as they are taken.
struct ModelWeights {
  let file: SafetensorsFile
  /// What stands in front of all names, such as `bert.`.
  private let prefix: String

  /// - Parameter marker: the name of an array that the model must have, by which its prefix is found.
  /// - Throws: `ModelError` for a folder without `model.safetensors`, or one that has no such array.
  init(_ folder: ModelFolder, marker: String) throws {
    guard folder.has("model.safetensors") else {
      let pickle = ["pytorch_model.bin", "model.bin"].first { folder.has($0) }
      throw ModelError(
        code: .unsupported,
        message: pickle.map {
          "'\(folder.file($0))' is a pickle, which may run code and is not read; save the model as model.safetensors"
        } ?? "'\(folder.path)' has no model.safetensors")
    }
    file = try SafetensorsFile(path: folder.file("model.safetensors"))
    let all = file.arrays.filter { $0.name == marker || $0.name.hasSuffix("." + marker) }
    let found = all.first { $0.name == marker } ?? all.first
    guard all.count <= 1 || found?.name == marker else {
      throw ModelError(
        code: .unsupported,
        message: "'\(file.path)' holds several models: \(all.map(\.name).joined(separator: ", "))")
    }
    guard let found else {
      throw ModelError(code: .corrupted, message: "'\(file.path)' has no array \"\(marker)\"")
    }
    prefix = String(found.name.dropLast(marker.count))
  }

  /// The numbers of an array, which must have a shape and be finite.
  /// - Parameter names: the array's name, and others that older files have for it.
  func floats(_ names: String..., shape: [Int]) throws -> SafetensorsFile.Floats {
    guard let array = names.lazy.compactMap({ file[prefix + $0] }).first else {
      throw ModelError(code: .corrupted, message: "'\(file.path)' has no array \"\(prefix)\(names[0])\"")
    }
    guard array.shape == shape else {
      throw ModelError(
        code: .corrupted,
        message:
          "'\(file.path)': \"\(array.name)\" has the shape \(array.shape), where config.json says \(shape)")
    }
    let floats = try file.floats(array)
    guard Self.areFinite(floats.values) else {
      throw ModelError(
        code: .corrupted, message: "'\(file.path)': \"\(array.name)\" holds numbers that are not finite")
    }
    return floats
  }

  /// The shape of an array, as the file says.
  func shape(_ name: String) -> [Int]? { file[prefix + name]?.shape }

  /// - Complexity: O(count), sixteen at a time.
  private static func areFinite(_ values: UnsafeBufferPointer<Float>) -> Bool {
    guard let start = values.baseAddress else { return true }
    let count = values.count
    var index = 0
    // A number that is not finite has all bits of its exponent, and its product with 0 is no number.
    var sums = SIMD16<Float>(repeating: 0)
    let zero = SIMD16<Float>(repeating: 0)
    while index + 16 <= count {
      sums += UnsafeRawPointer(start + index).loadUnaligned(as: SIMD16<Float>.self) * zero
      index += 16
    }
    var isFinite = sums == zero
    while index < count {
      isFinite = isFinite && start[index].isFinite
      index += 1
    }
    return isFinite
  }

  /// A number for the content of a file: two checksums of halves, the second continuing the first.
  static func fingerprint(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    let half = bytes.count / 2
    let first = crc32c(UnsafeRawBufferPointer(rebasing: bytes[..<half]))
    let second = crc32c(UnsafeRawBufferPointer(rebasing: bytes[half...]), seed: first)
    return UInt64(first) << 32 | UInt64(second)
  }
}
