// The step that copies bytes: for model outputs that are inputs, constants or views.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

// Copies the plan's byte count from inputs[0] to outputs[0].
extern const KernelImpl kCopyKernel;

// A plan of kCopyKernel.
KernelPlan copy_plan(size_t bytes);

}  // namespace poacl
