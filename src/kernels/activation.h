// The activation that a producer (Conv2D, MatMulV2, Add...) may apply to its result: node
// attributes "activation" (name), "activation_alpha", "activation_beta".
#pragma once

#include <cmath>
#include <optional>
#include <string_view>

#include "base/tensor.h"

namespace poacl {

enum class ActivationKind : int {
  kNone,
  kRelu,       // max(x, 0)
  kClip,       // min(max(x, alpha), beta); Relu6 is clip(0, 6)
  kLeakyRelu,  // x < 0 ? alpha * x : x
  kSigmoid,    // 1 / (1 + exp(-x))
  kTanh,
  kHardSigmoid,  // min(max(alpha * x + beta, 0), 1)
  kHardSwish,    // x * min(max(x / 6 + 0.5, 0), 1)
  kSwish,        // x * sigmoid(x)
  kGelu,         // x / 2 * (1 + erf(x / sqrt(2)))
  kGeluTanh,     // x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3)))
};

struct Activation {
  ActivationKind kind = ActivationKind::kNone;
  float alpha = 0.0f;
  float beta = 0.0f;
};

// Name as stored in the attribute: "none", "relu", "clip", "leaky_relu", "sigmoid", "tanh",
// "hard_sigmoid", "hard_swish", "swish", "gelu", "gelu_tanh".
std::string_view activation_name(ActivationKind kind) noexcept;
std::optional<ActivationKind> activation_from_name(std::string_view name) noexcept;

// Reads the three attributes; kNone when absent.
Activation activation_of(const AttrMap& attrs);
void set_activation(AttrMap& attrs, const Activation& activation);

// The plain definition, for reference kernels.
inline float apply_activation(const Activation& a, float x) noexcept {
  switch (a.kind) {
    case ActivationKind::kNone:
      return x;
    case ActivationKind::kRelu:
      return x > 0.0f ? x : (x != x ? x : 0.0f);
    case ActivationKind::kClip: {
      const float y = x < a.alpha ? a.alpha : x;
      return y > a.beta ? a.beta : y;
    }
    case ActivationKind::kLeakyRelu:
      return x < 0.0f ? a.alpha * x : x;
    case ActivationKind::kSigmoid:
      return 1.0f / (1.0f + std::exp(-x));
    case ActivationKind::kTanh:
      return std::tanh(x);
    case ActivationKind::kHardSigmoid: {
      const float y = a.alpha * x + a.beta;
      return y < 0.0f ? 0.0f : (y > 1.0f ? 1.0f : y);
    }
    case ActivationKind::kHardSwish: {
      const float y = x / 6.0f + 0.5f;
      return x * (y < 0.0f ? 0.0f : (y > 1.0f ? 1.0f : y));
    }
    case ActivationKind::kSwish:
      return x / (1.0f + std::exp(-x));
    case ActivationKind::kGelu:
      return 0.5f * x * (1.0f + std::erf(x * 0.70710678f));
    case ActivationKind::kGeluTanh:
      return 0.5f * x * (1.0f + std::tanh(0.79788456f * (x + 0.044715f * x * x * x)));
  }
  return x;
}

}  // namespace poacl
