import Testing

/// Expects that a rule found nothing, and prints a line for each thing that it found.
func expectNone(_ findings: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(findings.isEmpty, "\(findings.joined(separator: "\n"))", sourceLocation: sourceLocation)
}
