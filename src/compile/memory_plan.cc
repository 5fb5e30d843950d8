#include "compile/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace poacl {
namespace {

constexpr size_t kAlign = 64;

size_t padded(size_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

bool overlap_in_time(const BufferLife& a, const BufferLife& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

}  // namespace

size_t plan_memory(std::vector<BufferLife>& buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; });

  size_t arena = 0;
  std::vector<size_t> placed;
  for (const size_t index : order) {
    BufferLife& buffer = buffers[index];
    const size_t need = padded(buffer.bytes);
    std::vector<std::pair<size_t, size_t>> taken;  // [begin, end) of neighbours in time
    for (const size_t other : placed) {
      if (overlap_in_time(buffer, buffers[other])) {
        taken.emplace_back(buffers[other].offset,
                           buffers[other].offset + padded(buffers[other].bytes));
      }
    }
    std::sort(taken.begin(), taken.end());
    size_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (begin >= offset + need) break;
      offset = std::max(offset, end);
    }
    buffer.offset = offset;
    arena = std::max(arena, offset + need);
    placed.push_back(index);
  }
  return arena;
}

}  // namespace poacl
