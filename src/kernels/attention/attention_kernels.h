// Every kernel of the family; attention_list.cc puts them in order.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

extern const KernelImpl kAttentionRef;
extern const KernelImpl kRotaryRef;
extern const KernelImpl kCacheScatterRef;
extern const KernelImpl kLinearAttentionRef;

}  // namespace poacl
