// RandomUniform, RandomStandardNormal, Bernoulli, Multinomial, Dropout.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kRandomUniformRef;
extern const KernelImpl kRandomNormalRef;
extern const KernelImpl kBernoulliRef;
extern const KernelImpl kMultinomialRef;
extern const KernelImpl kDropoutRef;

}  // namespace poacl
