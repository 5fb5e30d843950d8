// Rows of elements between float and bfloat16.
#pragma once

#include <cstdint>

#include "base/x86.h"

namespace poacl {

POACL_X86 void bf16_widen_row(const uint16_t* src, int64_t count, float* dst);

// Rounded to nearest even.
POACL_X86 void bf16_round_row(const float* src, int64_t count, uint16_t* dst);

}  // namespace poacl
