import Basics
import Synchronization
import Testing

@Suite struct ParallelForTests {
  private struct Refusal: Error, Equatable {
    let index: Int
  }

  @Test(arguments: [(0, 1, 1), (1, 8, 1), (7, 2, 3), (100, 3, 7), (1000, 16, 1), (5, 256, 2)])
  func everyIndexComesOnce(count: Int, threads: Int, chunk: Int) {
    let seen = Mutex([Int](repeating: 0, count: count))
    parallelFor(count: count, threads: threads, chunk: chunk) { thread, range in
      #expect(thread >= 0 && thread < threads && !range.isEmpty && range.count <= chunk)
      #expect(range.lowerBound % chunk == 0)
      seen.withLock { for index in range { $0[index] += 1 } }
    }
    #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
  }

  @Test func noThreadRunsTwiceAtOnce() {
    let busy = Mutex<Set<Int>>([])
    parallelFor(count: 200, threads: 4) { thread, _ in
      #expect(busy.withLock { $0.insert(thread).inserted })
      busy.withLock { _ = $0.remove(thread) }
    }
  }

  @Test func anErrorEndsTheLoop() {
    let calls = Mutex(0)
    #expect(throws: Refusal(index: 3)) {
      try parallelFor(count: 100_000, threads: 2) { _, range throws(Refusal) in
        calls.withLock { $0 += 1 }
        if range.lowerBound == 3 { throw Refusal(index: 3) }
      }
    }
    #expect(calls.withLock { $0 } < 100_000)
  }

  @Test func aMapKeepsTheOrder() throws {
    let squares = try parallelMap(500, threads: 5) { $0 * $0 }
    #expect(squares == (0..<500).map { $0 * $0 })
    #expect(throws: Refusal.self) { try parallelMap(10, threads: 2) { throw Refusal(index: $0) } }
  }

  @Test func aCancelledMapEnds() async {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try parallelMap(10, threads: 2) { $0 }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
