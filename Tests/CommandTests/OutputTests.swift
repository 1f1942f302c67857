import Foundation
import Kindred
import Testing

@testable import kindred_command

@Suite struct OutputTests {
  @Test func tablesAreAlignedAndSafe() {
    var table = Table([.left("id"), .right("count"), .left("text")])
    table.rows = [["a", "1", "plain"], ["日本", "1,000", "tab\tand \u{1B}[31mred"], ["é", "10", ""]]
    #expect(
      table.text(terminalColumns: nil) == """
        id    count  text
        a         1  plain
        日本  1,000  tab and  [31mred
        é        10

        """)
    #expect(table.text(terminalColumns: 16).split(separator: "\n")[1] == "a        1  pla…")
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (-0.004, 2, "0.00"), (-1.005, 1, "-1.0"), (0.99996, 4, "1.0000"), (12.5, 0, "13"),
    (.infinity, 2, "inf"), (1e300, 2, "1e+300"),
  ]) func numbersAreRounded(value: Double, decimals: Int, text: String) {
    #expect(People.fixed(value, decimals) == text)
  }

  @Test func countsSizesAndTimesReadWell() {
    #expect([0, 999, 1000, -1_234_567].map { People.count($0) } == ["0", "999", "1,000", "-1,234,567"])
    #expect(
      [0, 999, 1000, 45_300_000, 999_960].map(People.bytes) == [
        "0 bytes", "999 bytes", "1.0 kB", "45.3 MB", "1.0 MB",
      ])
    #expect(
      [0.0042, 0.25, 4.2, 42, 200, 7300].map(People.seconds) == [
        "4.20 ms", "250 ms", "4.20 s", "42.0 s", "3 min 20 s", "2 h 1 min",
      ])
    #expect(People.rate(5, seconds: 0, of: "rows") == nil)
  }

  @Test func jsonNumbersAreWhole() {
    let value: JSON = [
      "a": .float(0.1), "b": .number(3), "c": .number(.nan), "d": .string("\u{1}\"\\é"),
      "e": .array([.null, .bool(true)]),
      "f": JSON(counts: ["few": 1, "many": 9, "also few": 1]),
    ]
    #expect(
      value.text
        == #"{"a":0.1,"b":3,"c":null,"d":"\u0001\"\\é","e":[null,true],"f":{"many":9,"also few":1,"few":1}}"#)
  }

  @Test func mapsReadColumnsWithBlanks() throws {
    #expect(
      try Command.Import.columns(["user=Customer ID, item = Code", "x=a=b"]) == [
        "user": "Customer ID", "item": "Code", "x": "a=b",
      ])
    // In double quotes a column's name is taken as it is.
    #expect(
      try Command.Import.columns([#"x="c,d" , y= "e ",z=5" disk"#, #"q="say ""so""""#]) == [
        "x": "c,d", "y": "e ", "z": "5\" disk", "q": "say \"so\"",
      ])
    for wrong in [#"x="c"#, #"x="c"d"#, #"x="""#, "x=a,", "a,x=b"] {
      #expect(throws: (any Error).self) { try Command.Import.columns([wrong]) }
    }
    #expect(throws: (any Error).self) { try Command.Import.columns(["user="]) }
    #expect(throws: (any Error).self) { try Command.Import.columns(["user=A,,item=B"]) }
  }

  /// Three codes had no exit status of their own in any test, and a new one would have had none either: the list was
  /// written down here and nothing compared it with the codes that there are.
  @Test func everyErrorCodeHasAnExitStatus() {
    let statuses: [StoreError.Code: Int32] = [
      .invalidArgument: 64, .badFilter: 64, .unsupported: 64, .dimensionMismatch: 65, .invalidVector: 65,
      .invalidID: 65, .badInput: 65, .foreign: 65, .notEnoughData: 65, .notFound: 66, .spaceNotFound: 66,
      .recordNotFound: 66, .internalError: 70, .alreadyExists: 73, .spaceExists: 73, .cannotCreate: 73,
      .corrupted: 74, .ioError: 74, .diskFull: 74, .closed: 74, .busy: 75, .permissionDenied: 77,
      .cancelled: 130, .memoryLimit: 64,
    ]
    for code in StoreError.Code.all {
      #expect(code.exitStatus.rawValue == statuses[code], "\(code.rawValue)")
    }
    #expect(statuses.count == StoreError.Code.all.count)
    #expect(StoreError.Code(rawValue: "not yet known").exitStatus.rawValue == 70)
  }

  /// The help left 141 and 143 out: its list of exit codes was written by hand.
  @Test func theHelpListsEveryExitCode() {
    let help = Command.helpMessage(columns: 1000)
    for status in ExitStatus.allCases {
      #expect(help.contains(" \(status.rawValue) \(status.meaning)"), "\(status)")
    }
    #expect(Set(ExitStatus.allCases.map(\.meaning)).count == ExitStatus.allCases.count)
  }

  private let points: [BenchPoint]

  init() throws {
    points = try [(16, 0.8, 4000.0), (64, 0.95, 2000), (256, 1, 1000)].map { ef, recall, speed in
      let statistics = """
        {"queries": 1000, "seconds": \(1000 / speed), "distanceComputations": 5, "p50Microseconds": 1,
        "p99Microseconds": 2, "threads": 1, "plan": {"strategy": "graph search", "matches": 9, "vectors": 9,
        "expectedScanDistances": 9}}
        """
      return BenchPoint(
        ef: ef, k: 10, recall: recall,
        statistics: try JSONDecoder().decode(QueryStatistics.self, from: Data(statistics.utf8)))
    }
  }

  @Test func theCurveIsDrawn() {
    #expect(
      RecallPlot(points, k: 10, width: 30, height: 5).text() == """
        queries/s (points are ef)
        4,000 ┤●16
              │
              │                 ●64
              │
        1,000 ┤                       ●256
              └──────────────────────────────
               0.8000                1.0000  recall@10

        """)
    #expect(RecallPlot(Array(points.prefix(1)), k: 10).text() == "")
  }

  @Test func theCurveIsDrawnAsSVG() {
    let svg = RecallPlot(points, k: 10).svg(title: "a<b & c")
    #expect(svg.contains(">a&lt;b &amp; c</text>"))
    #expect(svg.contains(">recall@10</text>"))
    // Recall 0.8 to 1 and 1,000 to 4,000 queries a second with a twentieth of the span free at each end of
    // 608 x 336 units from (80, 48).
    #expect(svg.contains("<polyline points=\"107.6,63.3 522.2,216.0 660.4,368.7\""))
    for ef in [16, 64, 256] { #expect(svg.contains(">ef \(ef)</text>")) }
    // The label of the last point hung over the right edge of the picture.
    #expect(svg.contains("<text x=\"660.4\" y=\"368.7\" dx=\"-7\" text-anchor=\"end\""))
    #expect(svg.contains("<text x=\"522.2\" y=\"216.0\" dx=\"7\" dy"))
    for tick in ["0.800", "0.900", "1.000", "1,000", "2,000"] { #expect(svg.contains(">\(tick)</text>")) }
    // The exact scan was measured and left out of the picture, which did not say of what space and store it was.
    let exact = BenchPoint(ef: nil, k: 10, recall: 1, statistics: points[2].statistics)
    let more = RecallPlot([exact] + points, k: 10).svg(title: "t", subtitle: "s.kindred: 5 vectors")
    #expect(more.contains(">exact</text>") && more.contains(">s.kindred: 5 vectors</text>"))
    #expect(!svg.contains("exact"))
    #expect(!RecallPlot([], k: 10).svg(title: "").contains("circle"))
  }
}
