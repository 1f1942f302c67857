#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import TestSupport
import Interchange
import Kindred
import Testing

/// A store that the program before format 6 wrote: three items, a space of two vectors, compacted.
@Suite struct FormatFiveTests {
  // A new format must not make anybody import again: what was stored before is read, written to and checked.
  @Test func isReadWrittenAndChecked() throws {
    let directory = try TemporaryDirectory()
    let path = "\(directory.path)/old.kindred"
    let packed = try #require(Data(base64Encoded: Self.file))
    let source = ByteSource(bytes: Array(packed))
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = try buffer.withUnsafeMutableBytes { raw in try source.read(into: raw) }
      if count == 0 { break }
      content += buffer[..<count]
    }
    try Data(content).write(to: URL(filePath: path))
    let store = try Store.open(at: path)
    defer { store.close() }
    let item = Item(
      id: "a", text: "red bag",
      attributes: [
        "price": 3.5, "tags": .strings(["x", "y"]), "sizes": .integers([1, 2]), "new": true,
      ])
    #expect(try store.read { try $0.item(id: "a") } == item)
    #expect(try store.verify().ok)
    // Words are not indexed yet, and made so when it is asked for.
    #expect(try store.read { try $0.indexedAttributes() } == nil)
    #expect(code { try store.search("red") } == .unsupported)
    try store.upsert([Item(id: "d", attributes: ["size": .object(["w": 1.5])])])
    #expect(try store.read { try $0.item(id: "d") }?.attributes["size"] == .object(["w": 1.5]))
    #expect(
      try store.query("v", vector: [1, 0], options: .init(filter: "price > 5")).map(\.id) == ["b"])
    #expect(try store.verify().ok)
    // Events are counted from when it is asked for: until then the answer is what is popular.
    try store.append(
      (0..<2).flatMap { user in
        ["a", "b"].map { Event(user: "u\(user)", item: $0, time: Timestamp(milliseconds: 1), kind: "view") }
      })
    #expect(
      try store.signalPolicy() == nil && store.recommend(user: "new", options: .init(k: 1)).map(\.id) == ["a"]
    )
    #expect(code { try store.recommend(user: "u0", options: .init(method: .rules)) } == .unsupported)
    try store.setSignalPolicy(SignalPolicy())
    try store.append([Event(user: "u2", item: "a", time: Timestamp(milliseconds: 2), kind: "view")])
    #expect(try store.recommend(user: "u2", options: .init(k: 1, method: .rules)).map(\.id) == ["b"])
    try store.indexWords()
    #expect(try store.search("ref bag").first?.id == "a" && store.verify().problems == [])
  }

  /// The file, gzip in base64.
  private static let file = """
    H4sICN/BC2sCA29sZC5raW5kcmVkAO3db4gU5x3A8Wf2///nPC/HhYi02CQm0VObN42QelVohQSba+2LgBH3dodze/uP2d3bNIWi\
    qbTNi1oqQYIUbUWkEJtITaGmf0jp0RSxIH1RWhEjpKUK5iJ5XWpnZmf2Zueyt3tPbG97fj/gzs7s/OaZeZ7h3N88z8wK4YrZr9ff\
    +fC3mvAKh+zJkLnGxMInnesIEXCmmzuWdl//QWe6yReXEgAAAAAA4F7T7nH+v2WZ+f+4Ly5NkwAAAAAAcM8FPO9GxXPynDTkc1KI\
    famNyXOJo5n5+G55RK5Pzcly4nQynxxL703fTtxIXs7E5HhiOLMnQx0CAAAMrq3297yomM4aU9lpvd+wu452fFMvTB+s1xTjw6JU\
    yetF5dL1cs6MNxTjQ6KeLSy7cDc2r2fzarERUS1mc3pNNbrSLOuGYnRYNKpV5RoLi2KhPKPe2rmGMat6rsWE1dZTlcqM6pFb8TXl\
    c8WoNJXrvFY121ux5Ii538VGqaxWdtyJHi/klY+8WTEUz/SoHatedljos3q5rrznjdryT3V3z63YT1Jro/Ziu8s8oP8j+pImtJwW\
    1C8fdjrA7+zYvLCG9rOfn/q0FtCmYlPFhv4p809yIGw2XMUIhawF4apRyOlO4LqJyd0LkeLl10tzZmQ2auh5KzAULOvNYEdEaiJc\
    K7yk1yIBzZfsh+rZ6Vo4oL2ofSPoyf+HxUl5Ul5NHUtfSZP/AwAAkP+T/5P/k/+T/5P/dy+7UNdLqmVbsZ1lf81+Nc+kesXQJwN7\
    fq2FzfnGm9+6mN/1/I8emvzg4dNmbh/ssv2gZxoRrTH4AWcadS8FePL/UfGGvCnn5BuS/ykBAAAAAFg5Mfd6gDU8wErlX01//jVn\
    6VpRXNzTb/n6C/sfc9aJimKr299a7xePvb5ZhD35/zpRNfP/K/KX8sfye7Iq6f8HAAD4f0f/P/3/Ku1F/79KyfT/q54xq3j8v7T6\
    32OtNN40LBYtt4PXLF5ud+cPLV5u5/py8XK7xMzi5bakM4148v9RcUnOy2vyEv3/AAAAAAAMqFZur4mcdT3g4vb3TraXTFlXAjZd\
    uz3XXpK1Jgf+cGKyfR+AO/7/mjP+n/v/AQAAVgP6/+n/V2kv+v9VSqb/X/WM4fl/H//8v4Rn6ze2//usZt8IkPJs8SuNP32gOYP8\
    xxaWi9KGb7+vfcwNAjFP/j8sjsvj8jy9/wAAAAAA/E8csF81MXvr3ada4/i1WSdlt24A+KP573F3Xc0TFwt4UnvvB5qvgPZ83JP/\
    rxP75d/lJXlevipflPu5DgAAAAAAQF9avesJ+8n+tS3Wr+5ZyfnOC79JtD5JOp/Yv9Nn5eTbvhn8ruj8zB4EYC34y5dfTjmfxZ3P\
    rN/8M2ff+smJx32f6JcPW88XyLy/4au+7bUGGJgL1ry96fvOiIJW/j8sbsqbTv+/+1zAj87sOrv0MWo086pzZwd1AAAAAAAra8y5\
    rhBvZ+0tI850rW89d3z/nbudzwUcdZYn21sO2R/sfPaZbRFPSj/xyvUfLJn9k/6vAqmJ1nTdBHUBAAAAAKs082u/o/8fLvr/AQAA\
    AGCluf36yXbW3vKIM0371nPH9/t/F/AB3/r+/D/kLL3wZP3QkjsUpE1WgwBVAAAAAAADmf+nfHnbE850pMt1An/+714vWPj5vs7x\
    /26v/oM3h3611P6EaBIAAAAAAAae7JL/u9cVfnhjg0H+v3px9wYAAAAA3B+GuuT/7rD+1/72xZ8uFc+4cfJ/AAAAAMDgW9Ml/+f+\
    //sL13EAAAAAYHUb7pL/8/z/+xnP/wcAAACA1WZt+13n8/8BAAAAAMB/2wH7VROzt959qtXBrs22hmj7f9fPHbft/p6f+7sA7npx\
    Z97q0fU+//9RZ/mIJ//fKebjJ1JXU8fSV9L7UhuT5xJHM/Px3fKIXJ+ak+XE6WQ+OZbem76duJG8nInJ8cRwZk+G1gIAABhcW+3v\
    eVExnTWmstN6v2F3He34pl6YPlivKcaHRamS14vKpevlnBlvKMaHRD1bWHbhbmxez+bVYiOiWszm9JpqdKVZ1g3F6LBoVKvKNRYW\
    xUJ5xil6Ybiv+y7km1/bebaFRa5hzKqeazFhtfVUpTKjeuRWfE35XDEqza4HPuSbT/iOu1Y127tbsH8+1llrEXO/i41SuVt4xDcN\
    d0THnejxQr5X+e4G4p3lh0SzYvQMdm/+jvr+vlixfZQd9J1B7ZrTZ/VyXbnNGrXln+runlux7T1XKLtQ10v9HnbAV2tW7DJqLeJv\
    sZJez/Z7ugV91w284/+Dnt//O/X05L5elaB5KgIAAAAAAAyeUU/+P+Tk/5rW/139+fduHX/+c5/9F9fWAQAAAABYyqEdg7ENAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
    AAAAAAAAAAAAAAC6e6T9LiQ083Xns89sC5lvNGfpqacn9/XahrXuXQAAAAAAMLAe9eT/ISf/D3jy/90jDxnbDv/uC2/vvXjo9/8s\
    v/PCK2ein9le+9KbHya/c/3on4e1HtvnwgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAL090b7/PyBGxHn5V3leWnNhZ+lHZ3ad7f30\
    P6wud3ZQBwAAAACwssbs15hItrP2zuf4p33rJXzrPeBMU850kyf/3ynm4ydSV1PH0lfS+1Ibk+cSRzPz8d3yiFyfmpPlxOlkPjmW\
    3pu+nbiRvJyJyfHEcGZPhjYBAAAYXFvt73lRMZ01prLTer9hbmdRO76pF6YP1muK8WFRquT1onLpejlnxhuK8SFRzxaWXbgbm9ez\
    ebXYiKgWszm9phpdaZZ1w4le6HPTukxTHS0eFo1qVbnGwqJYKM90LTrkm18rfGXnGsas6rkWE1ZbT1UqM2r1Frbja8rnilFpdj3w\
    Id98wnfctarZ3t2C/fOxzlqLmPtdbJTK3cIjvmm4IzruRI8X8r3KdzcQ7yw/JJoVo2dw0JlGfX9frNg+yg76zqB2zemzermu3GaN\
    2vJPdXfPrdj2niuUXajrpX4PO+CrNSt2GbUW8bdYSa9n+z3d3I1s9uT/3v5/t0kuPFk/tGQNBPlfdTUIUAUAAAAAMFDcfv2UL29z\
    x/GP+NbrNU5g3JMBfpL+f+6kAAAAGCzeniL6/1e+/793D777DZ3+f/r/6f9fTpvR/99///8WT/7P/f9o4f5/AAAAAFhpbr9+2ncN\
    wR3Hv8m3Xq9xAv8B9DH4ywAAAwA=
    """
}
