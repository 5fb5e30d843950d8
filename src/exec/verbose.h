// POACL_VERBOSE=1: one line per executed step on standard error.
#pragma once

#include "exec/program.h"

namespace poacl {

// Read once per process.
bool verbose_enabled() noexcept;

// Runs step `index` and prints, tab-separated: "poacl", "step", index, operator, kernel,
// microseconds, shapes and layouts, node. Reasons of kernels that declined follow on the first
// execution of a program in this process, as "poacl", "declined", index, reason.
void run_step_verbose(const Program& program, size_t index, const KernelArgs& args);

}  // namespace poacl
