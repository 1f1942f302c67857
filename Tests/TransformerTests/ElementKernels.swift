import CKernels
import TestSupport

/// The kernels by rows and elements of one arm for one type.
struct ElementKernels<Element: BinaryFloatingPoint> {
  typealias Source = UnsafePointer<Element>
  typealias Target = UnsafeMutablePointer<Element>

  let softmaxGradient: (Target, Int, Int, Int, UnsafePointer<UInt32>, Element, Target) -> Void
  let norm: (Source, Source, Source?, Int, Int, Element, Target, Target, Target) -> Void
  let normBackward: (Source, Source, Source, Source, Source, Int, Int, Target, Target, Target?) -> Void
  let rotate: (Target, Int, Int, Int, Int, Source, Source, UnsafePointer<UInt32>, Element) -> Void
  let gelu: (Source, Int, Target) -> Void
  let geluBackward: (Source, Source, Int, Target) -> Void
  let swiglu: (Source, Int, Int, Target) -> Void
  let swigluBackward: (Source, Source, Int, Int, Target) -> Void
  let adam:
    (Target, Source, Target, Target, Int, Element, Element, Element, Element, Element, Element) -> Void
}

extension ElementKernels where Element == Float {
  init(_ table: kindred_tensor_f32) {
    self.init(
      softmaxGradient: table.softmax_gradient, norm: table.norm, normBackward: table.norm_backward,
      rotate: table.rotate, gelu: table.gelu, geluBackward: table.gelu_backward, swiglu: table.swiglu,
      swigluBackward: table.swiglu_backward, adam: table.adam)
  }
}

extension ElementKernels where Element == Double {
  init(_ table: kindred_tensor_f64) {
    self.init(
      softmaxGradient: table.softmax_gradient, norm: table.norm, normBackward: table.norm_backward,
      rotate: table.rotate, gelu: table.gelu, geluBackward: table.gelu_backward, swiglu: table.swiglu,
      swigluBackward: table.swiglu_backward, adam: table.adam)
  }
}
