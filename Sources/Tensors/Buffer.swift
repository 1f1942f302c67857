/// Memory that is kept from one step to the next and grows when more is asked for.
package final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {  // used by one thread at a time
  /// What `reserve` returned last.
  package private(set) var start: UnsafeMutablePointer<Element>
  private var capacity: Int

  package init() {
    capacity = 0
    start = .allocate(capacity: 0)
  }

  deinit { start.deallocate() }

  /// Room for `count` elements, whatever is in it; what `reserve` returned before is invalid where it has to grow.
  package func reserve(_ count: Int) -> UnsafeMutablePointer<Element> {
    if count > capacity {
      start.deallocate()
      capacity = count + count / 4
      start =
        UnsafeMutableRawPointer
        .allocate(byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
        .bindMemory(to: Element.self, capacity: capacity)
    }
    return start
  }

  /// Room for `count` zeros.
  package func zeroed(_ count: Int) -> UnsafeMutablePointer<Element> where Element: TensorScalar {
    let start = reserve(count)
    Element.clear(start, count)
    return start
  }
}
