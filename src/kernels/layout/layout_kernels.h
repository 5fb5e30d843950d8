// Every implementation of TransData; layout_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kTransDataWideAvx512;
extern const KernelImpl kTransDataTiled;
extern const KernelImpl kTransDataBytes;
extern const KernelImpl kTransDataRef;

}  // namespace poacl
