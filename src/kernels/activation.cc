#include "kernels/activation.h"

#include <array>
#include <string>

namespace poacl {
namespace {

constexpr std::array<std::string_view, 11> kNames = {
    "none",         "relu",       "clip",  "leaky_relu", "sigmoid",   "tanh",
    "hard_sigmoid", "hard_swish", "swish", "gelu",       "gelu_tanh",
};

}  // namespace

std::string_view activation_name(ActivationKind kind) noexcept {
  return kNames[static_cast<size_t>(kind)];
}

std::optional<ActivationKind> activation_from_name(std::string_view name) noexcept {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<ActivationKind>(i);
  }
  return std::nullopt;
}

Activation activation_of(const AttrMap& attrs) {
  Activation activation;
  if (const auto kind = activation_from_name(attrs.get_string("activation", "none"))) {
    activation.kind = *kind;
    activation.alpha = attrs.get_float("activation_alpha");
    activation.beta = attrs.get_float("activation_beta");
  }
  return activation;
}

void set_activation(AttrMap& attrs, const Activation& activation) {
  attrs.set("activation", std::string(activation_name(activation.kind)));
  attrs.set("activation_alpha", activation.alpha);
  attrs.set("activation_beta", activation.beta);
}

}  // namespace poacl
