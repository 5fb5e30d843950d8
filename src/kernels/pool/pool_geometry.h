// The numbers of one MaxPoolV3, AvgPoolV2 or GlobalAveragePool, checked once for every kernel of
// the family.
#pragma once

#include <cstdint>

#include "base/status.h"
#include "kernels/kernel.h"

namespace poacl {

struct PoolGeometry {
  int64_t n, c, h, w;
  int64_t oh, ow;
  int64_t kh, kw;
  int64_t sh, sw;
  int64_t pt, pb, pl, pr;
  int64_t dh, dw;
  bool average;
  bool exclusive;  // averages count only cells inside the image
  DataType dtype;

  // One window over the whole image.
  bool global() const {
    return oh == 1 && ow == 1 && kh == h && kw == w && (pt | pb | pl | pr) == 0 && dh == 1 &&
           dw == 1;
  }
};

// Reads and checks the operator; otherwise declines with the numbers.
Result<PoolGeometry> pool_geometry(const OpInstance& op);

}  // namespace poacl
