// The numbers of one TransData, checked once for every kernel.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "kernels/kernel.h"

namespace poacl {

// A tensor seen as [n][c][inner], between two memory orders.
struct TransDataGeometry {
  int64_t n, c, inner;
  int64_t src_block, dst_block;  // 1 = plain
  int64_t element;               // bytes at full width
  bool src_bf16, dst_bf16;       // floats stored as bfloat16
};

// Whether elements keep their width, so that bytes are only moved.
inline bool keeps_width(const TransDataGeometry& g) {
  return g.src_bf16 == g.dst_bf16 && !g.src_bf16;
}

// Reads and checks the operator; otherwise declines with the numbers.
Result<TransDataGeometry> trans_data_geometry(const OpInstance& op);

}  // namespace poacl
