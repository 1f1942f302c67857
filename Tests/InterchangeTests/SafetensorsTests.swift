import Interchange
import Testing

@Suite struct SafetensorsTests {
  private static let sample: Safetensors = {
    var file = Safetensors([
      .init(name: "b", shape: [2, 3], values: [1, -2, 0.5, .infinity, .leastNonzeroMagnitude, 6]),
      .init(name: "a", shape: [], values: [7]),
      .init(name: "none", shape: [0, 4], values: []),
    ])
    file.metadata = ["format": "pt"]
    return file
  }()

  @Test func whatIsWrittenIsReadAgain() throws {
    #expect(try Safetensors(decoding: Self.sample.encoded()) == Self.sample)
    #expect(try Safetensors(decoding: Safetensors([]).encoded()).tensors.isEmpty)
  }

  /// Bytes as the Python package `safetensors` 0.4 lays out {"w": [[1, 2]]}, its header padded with blanks to eight.
  @Test func theFormatIsThatOfThePythonPackage() throws {
    let header = #"{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}"#
    let bytes =
      [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + [0, 0, 128, 63, 0, 0, 0, 64]
    let file = Safetensors([.init(name: "w", shape: [1, 2], values: [1, 2])])
    #expect(header.utf8.count % 8 == 0)
    #expect(try Safetensors(decoding: bytes) == file)
    #expect(file.encoded() == bytes)
  }

  @Test(arguments: [
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#,
    #"{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
    #"{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
    #"{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
    #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    #"{"w":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
    #"{"w":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, #"{"w":[]}"#, "[]", "{", "",
  ])
  func aFileThatContradictsItselfIsRefused(_ header: String) {
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    let bytes = length + Array(header.utf8) + [UInt8](repeating: 0, count: 8)
    #expect(throws: InterchangeError.self) { try Safetensors(decoding: bytes) }
  }

  @Test func lengthsBeyondTheFileAndOtherNumbersAreRefused() {
    #expect(throws: InterchangeError.self) { try Safetensors(decoding: [1, 2, 3]) }
    #expect(throws: InterchangeError.self) {
      try Safetensors(decoding: [UInt8](repeating: 0xFF, count: 8) + [0])
    }
    let half = #"{"w":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#
    let bytes = [UInt8(half.utf8.count), 0, 0, 0, 0, 0, 0, 0] + Array(half.utf8) + [0, 0]
    #expect { try Safetensors(decoding: bytes) } throws: {
      ($0 as? InterchangeError)?.code == .unsupportedContent
    }
    // Cut short anywhere it is refused, never read wrong.
    let whole = Self.sample.encoded()
    for length in 0..<whole.count {
      #expect(throws: InterchangeError.self) { try Safetensors(decoding: Array(whole[..<length])) }
    }
  }
}
