/// Sorts candidates by distance, equal ones by slot, in place (heapsort: no memory, and the same time for any order).
func sortNearestFirst(
  _ slots: UnsafeMutablePointer<UInt32>, _ distances: UnsafeMutablePointer<Float>, count: Int
) {
  @inline(__always) func isNearer(_ one: Int, _ other: Int) -> Bool {
    distances[one] < distances[other] || (distances[one] == distances[other] && slots[one] < slots[other])
  }
  @inline(__always) func exchange(_ one: Int, _ other: Int) {
    (slots[one], slots[other]) = (slots[other], slots[one])
    (distances[one], distances[other]) = (distances[other], distances[one])
  }
  @inline(__always) func sink(_ start: Int, _ end: Int) {
    var parent = start
    while true {
      var child = 2 &* parent &+ 1
      guard child < end else { return }
      if child &+ 1 < end && isNearer(child, child &+ 1) { child &+= 1 }
      guard isNearer(parent, child) else { return }
      exchange(parent, child)
      parent = child
    }
  }
  for start in stride(from: count / 2 - 1, through: 0, by: -1) { sink(start, count) }
  for end in stride(from: count - 1, through: 1, by: -1) {
    exchange(0, end)
    sink(0, end)
  }
}
