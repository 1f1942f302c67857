import TestSupport
import Basics
@testable import TextEncoder

/// Exact search over the vectors of titles, and misspellings to search with.
struct TextSearch {
  let encoder: HashedTextEncoder
  let titles: [String]
  private let vectors: [Float]

  init(_ titles: [String], settings: HashedTextSettings = HashedTextSettings()) throws {
    var frequencies = DocumentFrequencies()
    for title in titles { frequencies.add(title) }
    let encoder = try HashedTextEncoder(settings: settings, frequencies: frequencies)
    self.encoder = encoder
    self.titles = titles
    var vectors: [Float] = []
    for title in titles { vectors += encoder.encode(title) }
    self.vectors = vectors
  }

  /// The `k` titles nearest to `query`, best first, ties by place.
  func nearest(to query: String, k: Int = 10) -> [String] {
    let vector = encoder.encode(query)
    let dimension = encoder.dimension
    let scores = vectors.withUnsafeBufferPointer { vectors in
      vector.withUnsafeBufferPointer { vector in
        titles.indices.map { row in
          var sum: Float = 0
          var index = 0
          while index < dimension {
            sum += vectors[row &* dimension &+ index] * vector[index]
            index &+= 1
          }
          return sum
        }
      }
    }
    let order = titles.indices.sorted { (-scores[$0], $0) < (-scores[$1], $1) }
    return order.prefix(k).map { titles[$0] }
  }

  /// `text` with one letter of one word of at least four letters swapped, left out, added or replaced.
  static func misspelt(_ text: String, using generator: inout SeededGenerator) -> String {
    var words = text.lowercased().split(separator: " ").map(String.init)
    let candidates = words.indices.filter { words[$0].count >= 4 }
    guard let index = candidates.isEmpty ? words.indices.first : generator.pick(candidates) else {
      return text
    }
    let letters = Array(words[index])
    let alphabet = Array("abcdefghijklmnopqrstuvwxyz")
    var changed = letters
    while changed == letters {
      let place = generator.below(letters.count)
      switch generator.below(4) {
      case 0: if place + 1 < letters.count { changed.swapAt(place, place + 1) }
      case 1: changed.remove(at: place)
      case 2: changed.insert(generator.pick(alphabet), at: place)
      default: changed[place] = generator.pick(alphabet)
      }
    }
    words[index] = String(changed)
    return words.joined(separator: " ")
  }
}
