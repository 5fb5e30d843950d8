// What the units of all instruction sets share. No templates of the standard library there: what
// other units share of them must not be built for a special instruction set.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/simd/vec_common.h"

namespace poacl {

POACL_INLINE int64_t least(int64_t a, int64_t b) {
  return a < b ? a : b;
}
POACL_INLINE void fill(uint8_t* at, uint8_t value, int64_t count) {
  __builtin_memset(at, value, static_cast<size_t>(count));
}

}  // namespace poacl
