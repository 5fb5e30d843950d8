#include "compile/memory_plan.h"

#include <algorithm>
#include <numeric>

namespace poacl {
namespace {

constexpr size_t kAlign = 64;
// Of more buffers than this only one order is tried: the time grows with the square.
constexpr size_t kManyBuffers = 2048;

size_t padded(size_t bytes) {
  return (bytes + kAlign - 1) / kAlign * kAlign;
}

bool overlap_in_time(const BufferLife& a, const BufferLife& b) {
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

using Offsets = std::vector<size_t>;

// Offsets of all buffers, placed in the given order; second is the arena's size.
std::pair<Offsets, size_t> place(const std::vector<BufferLife>& buffers,
                                 const std::vector<size_t>& order) {
  Offsets offsets(buffers.size());
  size_t arena = 0;
  std::vector<size_t> placed;
  std::vector<std::pair<size_t, size_t>> taken;  // [begin, end) of neighbours in time
  for (const size_t index : order) {
    const size_t need = padded(buffers[index].bytes);
    taken.clear();
    for (const size_t other : placed) {
      if (overlap_in_time(buffers[index], buffers[other])) {
        taken.emplace_back(offsets[other], offsets[other] + padded(buffers[other].bytes));
      }
    }
    std::sort(taken.begin(), taken.end());
    size_t offset = 0;
    for (const auto& [begin, end] : taken) {
      if (begin >= offset + need) break;
      offset = std::max(offset, end);
    }
    offsets[index] = offset;
    arena = std::max(arena, offset + need);
    placed.push_back(index);
  }
  return {std::move(offsets), arena};
}

int steps_of(const BufferLife& buffer) {
  return buffer.last_step - buffer.first_step;
}

// Bytes alive at the busiest step of each buffer's life.
std::vector<size_t> pressure(const std::vector<BufferLife>& buffers) {
  // The busiest step is one at which some buffer begins.
  std::vector<int> steps;
  for (const BufferLife& buffer : buffers) steps.push_back(buffer.first_step);
  std::sort(steps.begin(), steps.end());
  steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
  std::vector<size_t> live(steps.size());
  const auto each_step = [&](const BufferLife& buffer, auto visit) {
    auto at = std::lower_bound(steps.begin(), steps.end(), buffer.first_step);
    for (; at != steps.end() && *at <= buffer.last_step; ++at) visit(live[at - steps.begin()]);
  };
  for (const BufferLife& buffer : buffers) {
    each_step(buffer, [&](size_t& bytes) { bytes += padded(buffer.bytes); });
  }
  std::vector<size_t> most(buffers.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    each_step(buffers[i], [&](size_t bytes) { most[i] = std::max(most[i], bytes); });
  }
  return most;
}

}  // namespace

size_t largest_live_bytes(const std::vector<BufferLife>& buffers) {
  const std::vector<size_t> most = pressure(buffers);
  return most.empty() ? 0 : *std::max_element(most.begin(), most.end());
}

size_t plan_memory(std::vector<BufferLife>& buffers) {
  std::vector<size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const auto by_size = [&](size_t a, size_t b) { return buffers[a].bytes > buffers[b].bytes; };
  std::stable_sort(order.begin(), order.end(), by_size);
  auto best = place(buffers, order);

  const std::vector<size_t> most = pressure(buffers);
  const size_t bound = most.empty() ? 0 : *std::max_element(most.begin(), most.end());
  const auto try_order = [&](auto before) {
    if (best.second <= bound || buffers.size() > kManyBuffers) return;
    std::stable_sort(order.begin(), order.end(), before);
    auto found = place(buffers, order);
    if (found.second < best.second) best = std::move(found);
  };
  // What is alive at the busiest step first, as that is where no gap may be left.
  try_order([&](size_t a, size_t b) { return most[a] > most[b]; });
  try_order([&](size_t a, size_t b) { return steps_of(buffers[a]) > steps_of(buffers[b]); });
  try_order([&](size_t a, size_t b) { return buffers[a].first_step < buffers[b].first_step; });
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].offset = best.first[i];
  return best.second;
}

}  // namespace poacl
