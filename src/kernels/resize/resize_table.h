// Which cells of x each position of y is made of, dimension by dimension.
#pragma once

#include <vector>

#include "kernels/kernel.h"
#include "kernels/resize/resize_sizes.h"

namespace poacl {

// y[i] is the sum over t < taps of weight[i * taps + t] * x[first[i] + t]; every x read exists.
struct ResizeTable {
  int64_t in = 1;
  int64_t out = 1;
  int64_t taps = 1;
  std::vector<int64_t> first;
  std::vector<double> weight;
  std::vector<uint8_t> outside;  // 1: y[i] is the extrapolation value; empty: never

  // y[i] is x[i].
  bool identity() const;
};

// A table for each dimension of a Resize whose roi, scales and sizes are constant and fit x and y;
// otherwise declines with the reason.
Result<std::vector<ResizeTable>> resize_tables(const OpInstance& op);

}  // namespace poacl
