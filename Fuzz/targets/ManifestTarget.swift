import Recommending

extension FuzzTarget {
  /// The descriptions of models: one that is read is written with bytes that are read as the same.
  static let manifest = FuzzTarget("manifest") { bytes in
    guard let text = String(validating: bytes, as: UTF8.self),
      let manifest = try accepted(RecommendingError.self, { try SessionManifest(decoding: text) })
    else { return }
    let written = manifest.encoded()
    let again = try accepted(RecommendingError.self) { try SessionManifest(decoding: written) }
    try hold(again?.encoded() == written, "\(written) is written as \(again?.encoded() ?? "nothing")")
    _ = manifest.validationNDCG
  } samples: {
    let shape = #"""
      "shape":{"items":3,"dimension":16,"layers":1,"heads":2,"expansion":4,"activation":"gelu",\#
      "normalization":"layer","gated":false,"maxLength":50,"positions":"rotary","timeGaps":true,"interests":1,\#
      "temperature":0.05}
      """#
    let recipe = #"""
      "recipe":{"batchSize":64,"learningRate":0.001,"dropout":0.1,"attentionDropout":0,"rowDropout":0,\#
      "averaging":0.99,"negatives":256,"popularShare":0.5,"seed":42,"threads":2}
      """#
    let data = #"""
      "data":{"sequences":9,"events":70,"excludedLast":1,"before":1700000000000,"newest":5,"oldest":-5,\#
      "users":9,"usedEvents":60}
      """#
    let rules = #"""
      "rules":{"share":0.25,"count":2,"window":3,"decay":0.5,"antecedentPower":0.5,"consequentPower":0.5,\#
      "symmetric":false,"itself":true,"minimumSupport":2}
      """#
    let head = #""format":4,"encoder":"session""#
    let tail = #"""
      "repeating":false,"epochs":7,"epochsWithHeldOut":1,"seconds":1.5,"scores":{"validationNDCG@10":0.3},\#
      "kinds":["view","cart"],"features":["word:red","é"]
      """#
    let whole = try [[head, shape, recipe, data, rules, tail], [head, shape, recipe, data, tail]].map {
      try SessionManifest(decoding: "{\($0.joined(separator: ","))}").encoded()
    }
    return whole.map { Array($0.utf8) }
  }
}
