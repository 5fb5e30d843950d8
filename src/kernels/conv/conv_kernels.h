// Every implementation of Conv2D; conv_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kConv2dRef;

}  // namespace poacl
