// The table of `npu-smi info`, in the two widths of the real tool: chips with HBM, and others.
#pragma once

#include <string>

#include "machine.h"

namespace poacl::smi {

std::string info_table(const Machine& machine);

}  // namespace poacl::smi
