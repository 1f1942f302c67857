import CKernels

/// The arms of the matrix kernels that this processor runs, fastest first: asked for another, the kernels give the best
/// one there is, and a test of that one by the wrong name would pass.
package let availableTensorArms = ["avx512", "avx2", "portable"].filter {
  String(cString: kindred_tensor_f64_for($0).pointee.name) == $0
    && String(cString: kindred_tensor_f32_for($0).pointee.name) == $0
}
