/// What a walk over a whole graph found.
package struct GraphReport: Sendable {
  /// Links in the base layer.
  package var linkCount = 0
  /// Living nodes that no path from the entry point leads to.
  package var unreachableCount = 0
  /// Broken rules, in words, the first few of each kind.
  package var problems: [String] = []
}

extension GraphView {
  /// Checks every rule that a graph keeps: links in range, none to itself, none twice, none to a slot out of use, upper
  /// links between nodes of that layer, the entry point on the top layer.
  /// - Parameter isNode: whether a slot is in the graph (deleted but not yet merged away counts).
  /// - Throws: `.damagedUpper`; what base links are worth is for the caller to check.
  /// - Complexity: O(nodes · m0).
  package func inspect(isNode: (Slot) -> Bool) throws(GraphError) -> GraphReport {
    var report = GraphReport()
    var nodeCount = 0
    for slot in 0..<UInt32(slotCount) where isNode(Slot(slot)) {
      nodeCount += 1
      for span in section.base.lists {
        inspect(slot, baseLists(span), layer: 0, isNode: isNode, report: &report)
      }
    }
    try upper.forEach { slot, level in
      for layer in 1...level {
        for span in section.upper.lists {
          let lists = upperLists(span, layer: layer)
          inspect(slot, lists, layer: layer, isNode: isNode, report: &report)
        }
      }
      if level > maxLevel { report.add("node \(slot) has level \(level) above the top layer \(maxLevel)") }
    }
    if let entryPoint {
      if !isNode(entryPoint) { report.add("the entry point \(entryPoint.rawValue) is not a node") }
      if upper.level(of: entryPoint.rawValue) != maxLevel {
        report.add("the entry point \(entryPoint.rawValue) is not on the top layer \(maxLevel)")
      }
      var reached = ReachedNodes(slotCount: slotCount)
      report.unreachableCount =
        nodeCount
        - reached.add(
          entryPoint.rawValue, from: entryPoint.rawValue, in: self)
    } else if nodeCount > 0 {
      report.add("\(nodeCount) nodes but no entry point")
    }
    return report
  }

  private func inspect(
    _ slot: UInt32, _ list: some LayerLinks, layer: Int, isNode: (Slot) -> Bool, report: inout GraphReport
  ) {
    var seen: Set<UInt32> = []
    list.forEachLink(slot) { link in
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
      return true
    }
  }
}

extension GraphReport {
  fileprivate mutating func add(_ problem: String) {
    if problems.count < 20 { problems.append(problem) }
  }
}
