#include "kernels/simd/epilogue.h"

#include <limits>

namespace poacl {

Epilogue split_activation(const Activation& activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Epilogue e{-kInfinity, kInfinity, {}, apply_activation(activation, 0.0f) == 0.0f};
  switch (activation.kind) {
    case ActivationKind::kNone:
      break;
    case ActivationKind::kRelu:
      e.low = 0.0f;
      break;
    case ActivationKind::kClip:
      e.low = activation.alpha, e.high = activation.beta;
      break;
    default:
      e.activation = activation;
  }
  return e;
}

}  // namespace poacl
