#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kEinsumRef;

}  // namespace poacl
