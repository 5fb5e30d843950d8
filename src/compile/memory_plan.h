// Where each intermediate buffer lives in the arena.
#pragma once

#include <cstddef>
#include <vector>

namespace poacl {

// A buffer and the steps between which its content matters, both ends included.
struct BufferLife {
  size_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
  size_t offset = 0;  // result, multiple of 64
};

// Sets offsets so that buffers alive at the same step never overlap; returns the arena's size.
// Places the buffers greedily, each at the lowest gap that fits, in several orders, and keeps the
// best.
size_t plan_memory(std::vector<BufferLife>& buffers);

// The largest sum of bytes that are alive at one step: no arena can be smaller.
size_t largest_live_bytes(const std::vector<BufferLife>& buffers);

}  // namespace poacl
