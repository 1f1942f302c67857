import Testing

@Suite struct SwiftCodeTests {
  @Test(arguments: [
    ("let a = 1  // try! b", "let a = 1           "),
    ("a /* x /* y */ z */ b", "a                   b"),
    (#"f("a \" print(", b)"#, #"f("           ", b)"#),
    (##"f(#"a " \n"#, b)"##, ##"f(#"      "#, b)"##),
    (#"f("a \(g("b") ?? "c") d")"#, #"f("  \(g(" ") ?? " ")  ")"#),
    ("#if DEBUG", "#if DEBUG"),
    ("let a = \"\"\"\n  import \"x\"\n  \"\"\"", "let a = \"\"\"\n            \n  \"\"\""),
  ]) func commentsAndLiteralsAreBlank(source: String, code: String) {
    #expect(SwiftCode(source).text == code)
  }
}
