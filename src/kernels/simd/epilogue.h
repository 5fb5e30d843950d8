// How the fast kernels split an activation: a clamp done on registers and, rarely, a second pass.
#pragma once

#include "kernels/activation.h"

namespace poacl {

struct Epilogue {
  float low, high;        // clamp of the result
  Activation activation;  // what is left to do; kNone when the clamp is all
  bool zero_to_zero;      // activation(0) == 0, so zero padding channels stay zero
};
Epilogue split_activation(const Activation& activation);

}  // namespace poacl
