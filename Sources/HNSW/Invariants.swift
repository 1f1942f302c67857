/// What a walk over a whole graph found.
package struct GraphReport: Sendable {
  /// Links in the base layer.
  package var linkCount = 0
  /// Living nodes that no path from the entry point leads to. HNSW does not promise 0; hold a bound.
  package var unreachableCount = 0
  /// Broken rules, in words, the first few of each kind.
  package var problems: [String] = []
}

extension GraphView {
  /// Checks every rule that a graph keeps: links in range, none to itself, none twice, none to a slot out of use, upper
  /// links between nodes of that layer, the entry point on the top layer.
  /// - Parameter isNode: whether a slot is in the graph (deleted but not yet merged away counts).
  /// - Complexity: O(nodes · m0).
  package func inspect(isNode: (Slot) -> Bool) -> GraphReport {
    var report = GraphReport()
    var nodeCount = 0
    for slot in 0..<UInt32(slotCount) where isNode(Slot(slot)) {
      nodeCount += 1
      inspect(slot, list: baseLinks(slot), width: m0, layer: 0, isNode: isNode, report: &report)
    }
    upper.forEach { slot, level in
      for layer in 1...level {
        guard let list = upper.links(of: slot, layer: layer) else { continue }
        inspect(
          slot, list: UnsafePointer(list), width: upper.m, layer: layer, isNode: isNode, report: &report)
      }
      if level > maxLevel { report.add("node \(slot) has level \(level) above the top layer \(maxLevel)") }
    }
    if let entryPoint {
      if !isNode(entryPoint) { report.add("the entry point \(entryPoint.rawValue) is not a node") }
      if upper.level(of: entryPoint.rawValue) != maxLevel {
        report.add("the entry point \(entryPoint.rawValue) is not on the top layer \(maxLevel)")
      }
      report.unreachableCount = nodeCount - reachableCount(from: entryPoint)
    } else if nodeCount > 0 {
      report.add("\(nodeCount) nodes but no entry point")
    }
    return report
  }

  private func inspect(
    _ slot: UInt32, list: UnsafePointer<UInt32>, width: Int, layer: Int, isNode: (Slot) -> Bool,
    report: inout GraphReport
  ) {
    var seen: Set<UInt32> = []
    for index in 0..<width {
      let link = list[index]
      if link == noSlot { break }
      if layer == 0 { report.linkCount += 1 }
      if link >= UInt32(slotCount) {
        report.add("layer \(layer): node \(slot) links to \(link), beyond the last slot \(slotCount - 1)")
      } else if link == slot {
        report.add("layer \(layer): node \(slot) links to itself")
      } else if !seen.insert(link).inserted {
        report.add("layer \(layer): node \(slot) links to \(link) twice")
      } else if !isNode(Slot(link)) {
        report.add("layer \(layer): node \(slot) links to \(link), which is not in use")
      } else if layer > 0, upper.level(of: link) < layer {
        report.add("layer \(layer): node \(slot) links to \(link), which does not reach that layer")
      }
    }
  }

  /// Nodes that some path of links of any layer leads to.
  private func reachableCount(from entry: Slot) -> Int {
    guard entry.rawValue < UInt32(slotCount) else { return 0 }
    var reached = [Bool](repeating: false, count: slotCount)
    reached[Int(entry.rawValue)] = true
    var stack = [entry.rawValue]
    var count = 0
    func push(_ list: UnsafePointer<UInt32>, _ width: Int) {
      for index in 0..<width {
        let link = list[index]
        if link >= UInt32(slotCount) { break }
        if !reached[Int(link)] {
          reached[Int(link)] = true
          stack.append(link)
        }
      }
    }
    while let slot = stack.popLast() {
      count += 1
      push(baseLinks(slot), m0)
      let level = upper.level(of: slot)
      if level > 0 {
        for layer in 1...level {
          upper.links(of: slot, layer: layer).map { push(UnsafePointer($0), upper.m) }
        }
      }
    }
    return count
  }
}

extension GraphReport {
  fileprivate mutating func add(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
