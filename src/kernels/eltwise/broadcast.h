// Numpy broadcasting as strides: how to walk up to three inputs along the output's elements.
#pragma once

#include "kernels/kernel.h"

namespace poacl {

inline constexpr int kMaxBroadcastRank = 10;

struct Broadcast {
  int rank = 0;                               // at least 1
  int64_t count = 1;                          // elements of the output
  int64_t dims[kMaxBroadcastRank] = {};       // of the output
  int64_t stride[3][kMaxBroadcastRank] = {};  // of each input, in elements; 0 where it repeats
};

// Output and inputs as plain dims. False when an input does not broadcast to the output or the
// rank is too high.
bool make_broadcast(const Dims& out, const Dims* const* inputs, int input_count, Broadcast* result);

// Merges neighbouring dimensions that every input walks through evenly and drops those of 1.
void coalesce(Broadcast* broadcast);

// Offsets of the inputs along a walk over the output in row-major order.
class BroadcastWalk {
 public:
  // `dims`: how many leading dimensions are walked; start: index in their row-major order.
  BroadcastWalk(const Broadcast& b, int dims, int64_t start) : b_(b), dims_(dims) {
    for (int d = dims - 1; d >= 0; --d) {
      index_[d] = start % b.dims[d];
      start /= b.dims[d];
      for (int i = 0; i < 3; ++i) offset[i] += index_[d] * b.stride[i][d];
    }
  }
  void next() {
    for (int d = dims_ - 1; d >= 0; --d) {
      for (int i = 0; i < 3; ++i) offset[i] += b_.stride[i][d];
      if (++index_[d] < b_.dims[d]) return;
      for (int i = 0; i < 3; ++i) offset[i] -= b_.dims[d] * b_.stride[i][d];
      index_[d] = 0;
    }
  }
  int64_t offset[3] = {0, 0, 0};

 private:
  const Broadcast& b_;
  int dims_;
  int64_t index_[kMaxBroadcastRank] = {};
};

}  // namespace poacl
