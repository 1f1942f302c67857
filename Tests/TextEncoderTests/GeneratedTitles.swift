/// A catalogue of made-up products, like those of a gift shop: few words in many combinations.
enum GeneratedTitles {
  static let all: [String] = {
    let colors = ["red", "blue", "green", "white", "pink", "ivory"]
    let patterns = [
      "retrospot", "gingham", "polkadot", "paisley", "union jack", "floral", "regency", "skulls",
    ]
    let things = [
      "jumbo bag", "lunch bag", "shopper bag", "tea towel", "cushion cover", "cake tin", "bunting", "apron",
      "mug",
      "doormat", "umbrella", "picnic basket",
    ]
    var titles: [String] = []
    for (place, color) in colors.enumerated() {
      for (row, pattern) in patterns.enumerated() {
        for (column, thing) in things.enumerated() where (place + row * 2 + column) % 3 != 0 {
          titles.append(
            (place + column) % 2 == 0 ? "\(color) \(pattern) \(thing)" : "\(thing) \(color) \(pattern)")
        }
      }
    }
    titles += [
      "white moroccan metal lantern", "hanging metal star lantern", "alarm clock bakelike green",
      "set of 6 wooden christmas decorations", "strawberry fairy cake teapot", "knitted hot water bottle",
      "white hanging heart t-light holder", "glass cake stand with dome", "inflatable political globe",
      "doctor's first aid tin", "edwardian parasol natural", "feltcraft princess charlotte doll",
      "recycling bag with handles", "spaceboy birthday card", "zinc candleholder",
      "ceramic cherry money bank",
    ]
    return titles
  }()
}
