import ArgumentParser

/// Measures inside one process what a command line cannot: single commits and memory.
@main
struct Main: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kindred-bench",
    abstract: "Measure durable upserts, memory and the ageing of a store inside one process.",
    subcommands: [
      Upserts.self, Memory.self, Answers.self, Lives.self, Sessions.self, Serving.self, Recommending.self,
      Linear.self, Texts.self, NewItems.self, SearchBox.self, Listing.self, EventCounts.self,
    ])
}
