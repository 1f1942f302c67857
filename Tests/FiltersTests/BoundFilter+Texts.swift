import Values

@testable import Filters

extension BoundFilter {
  /// Whether a row passes.
  ///
  /// - Parameter cell: the value in a column; called only for columns that can still change the outcome.
  func evaluate(cell: (Int) -> AttributeValue) -> Bool {
    program.run { column, test in test.passes(cell(column)) }
  }

  /// Evaluates a row as raw cells, all in one buffer, so that every pointer stays valid during the call.
  func evaluate(texts cells: [String?]) -> Bool {
    var bytes: [UInt8] = []
    var ends = [0]
    for cell in cells {
      bytes += Array((cell ?? "").utf8)
      ends.append(bytes.count)
    }
    bytes.append(0)
    return bytes.withUnsafeBytes { all in
      evaluate { column -> UnsafeRawBufferPointer? in
        cells[column] == nil ? nil : UnsafeRawBufferPointer(rebasing: all[ends[column]..<ends[column + 1]])
      }
    }
  }
}
