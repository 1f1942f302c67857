package import CKernels
package import Tensors
import Testing
package import VectorMath

/// An arm of the distance kernels by its name, as an argument of a test.
///
/// All arms are arguments, on any processor: of one that it does not run, the test case says that it was skipped.
package struct KernelArm: Sendable, CustomTestStringConvertible {
  package let name: String

  package static let all = Kernels.names.map { KernelArm(name: $0) }
  package var testDescription: String { name }

  /// The kernels of this arm and no other; nil, and the test case is skipped, where this processor does not run it.
  package func kernels() throws -> Kernels? {
    guard let kernels = Kernels.named(name) else { return try skipped("the arm \(name)") }
    #expect(kernels.name == name)
    return kernels
  }
}

/// As `KernelArm`, of the Transformer's kernels. Asked for an arm that it does not run, `CKernels` gives the best one
/// there is, and a test of that one by the wrong name would pass.
package struct TensorArm: Sendable, CustomTestStringConvertible {
  package let name: String

  package static let all = ["portable", "avx2", "avx512"].map { TensorArm(name: $0) }
  package var testDescription: String { name }

  /// The kernels of this arm and no other; nil, and the test case is skipped, where this processor does not run it.
  package func kernels() throws -> (float: kindred_tensor_f32, double: kindred_tensor_f64)? {
    let tables = (kindred_tensor_f32_for(name).pointee, kindred_tensor_f64_for(name).pointee)
    // Both tables are chosen by the features that the distance kernels of this name need too.
    guard Kernels.named(name) != nil else { return try skipped("the arm \(name)") }
    #expect(String(cString: tables.0.name) == name && String(cString: tables.1.name) == name)
    return tables
  }
}

/// As `KernelArm`, of the kernels that serve an encoder.
package struct ServedArm: Sendable, CustomTestStringConvertible {
  package let name: String

  package static let all = ServedKernels.names.map { ServedArm(name: $0) }
  package var testDescription: String { name }

  /// The kernels of this arm and no other; nil, and the test case is skipped, where this processor does not run it.
  package func kernels() throws -> ServedKernels? {
    guard let kernels = ServedKernels.named(name) else { return try skipped("the arm \(name)") }
    #expect(kernels.name == name)
    return kernels
  }
}

/// Ends the running test case as skipped.
private func skipped<Value>(_ what: String) throws -> Value? {
  let reason = "this processor does not run \(what)"
  print("skipped: \(reason)")
  #if compiler(>=6.3)
    try Test.cancel("\(reason)")
  #else
    return nil
  #endif
}
