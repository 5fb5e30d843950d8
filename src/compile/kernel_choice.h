// Which kernel computes an operator instance.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kernels/kernel.h"

namespace poacl {

struct KernelChoice {
  const KernelImpl* kernel = nullptr;  // null: none accepted
  KernelPlan plan;
  std::vector<std::string> declined;  // "name: reason" of those asked before
};

// Asks `preferred` (a kernel's name, may be empty) first, then the operator's list in order;
// kernels above `isa` are not asked.
KernelChoice choose_kernel(const OpInstance& op, const PlanContext& context, Isa isa,
                           std::string_view preferred);

// "float[1,64,56,56]c16".
std::string describe(const TensorDesc& desc);

}  // namespace poacl
