/// A text that is equal to another only byte for byte, as ids are; `String` takes differently composed texts for equal.
struct ExactString: Hashable {
  let value: String

  init(_ value: String) { self.value = value }

  static func == (left: ExactString, right: ExactString) -> Bool {
    left.value.utf8.count == right.value.utf8.count && left.value.utf8.elementsEqual(right.value.utf8)
  }

  func hash(into hasher: inout Hasher) {
    var value = value
    value.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
