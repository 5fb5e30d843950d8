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
  int64_t element;               // bytes
};

// Reads and checks the operator; otherwise declines with the numbers.
Result<TransDataGeometry> trans_data_geometry(const OpInstance& op);

}  // namespace poacl
