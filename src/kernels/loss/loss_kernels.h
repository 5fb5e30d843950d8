#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kNllLossRef;

}  // namespace poacl
