#include "compile/memory_plan.h"

#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

namespace poacl {
namespace {

// Largest sum of bytes alive at one step, by walking over the steps.
size_t peak_live_bytes(const std::vector<BufferLife>& buffers) {
  std::map<int, std::pair<size_t, size_t>> events;  // step -> (bytes that begin, bytes that end)
  for (const BufferLife& buffer : buffers) {
    events[buffer.first_step].first += (buffer.bytes + 63) / 64 * 64;
    events[buffer.last_step + 1].second += (buffer.bytes + 63) / 64 * 64;
  }
  size_t live = 0;
  size_t peak = 0;
  for (const auto& [step, change] : events) {
    live = live - change.second + change.first;
    peak = std::max(peak, live);
  }
  return peak;
}

void expect_no_overlap(const std::vector<BufferLife>& buffers, size_t arena) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    EXPECT_EQ(buffers[i].offset % 64, 0u);
    EXPECT_LE(buffers[i].offset + buffers[i].bytes, arena);
    for (size_t j = i + 1; j < buffers.size(); ++j) {
      const BufferLife& a = buffers[i];
      const BufferLife& b = buffers[j];
      const bool in_time = a.first_step <= b.last_step && b.first_step <= a.last_step;
      const bool in_space = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
      EXPECT_FALSE(in_time && in_space) << i << " and " << j;
    }
  }
}

TEST(MemoryPlan, ChainReusesTwoBuffers) {
  std::vector<BufferLife> buffers;
  for (int i = 0; i < 10; ++i) buffers.push_back(BufferLife{1000, i, i + 1});
  const size_t arena = plan_memory(buffers);
  expect_no_overlap(buffers, arena);
  EXPECT_EQ(arena, 2u * 1024);
}

TEST(MemoryPlan, EmptyAndZeroSized) {
  std::vector<BufferLife> none;
  EXPECT_EQ(plan_memory(none), 0u);
  std::vector<BufferLife> zero{{0, 0, 3}, {64, 0, 3}};
  EXPECT_EQ(plan_memory(zero), 64u);
}

TEST(MemoryPlan, RandomLivesNeverOverlapAndStayNearThePeak) {
  std::mt19937 random(7);
  int near = 0;
  for (int round = 0; round < 50; ++round) {
    std::vector<BufferLife> buffers;
    for (int i = 0; i < 60; ++i) {
      const int first = static_cast<int>(random() % 80);
      buffers.push_back(
          BufferLife{1 + random() % 5000, first, first + 1 + static_cast<int>(random() % 6)});
    }
    const size_t arena = plan_memory(buffers);
    expect_no_overlap(buffers, arena);
    const size_t peak = peak_live_bytes(buffers);
    EXPECT_EQ(largest_live_bytes(buffers), peak);
    EXPECT_GE(arena, peak);
    EXPECT_LE(arena, peak * 6 / 5);
    near += arena * 10 <= peak * 11;
  }
  EXPECT_GE(near, 45) << "of 50 are within a tenth of the least possible";
}

// Three residual blocks in a row, each of an expanding, a middle and a shrinking convolution: the
// block's input lives until its sum.
TEST(MemoryPlan, ResidualBlocksTakeWhatIsAliveAtOnce) {
  for (const size_t expansion : {size_t{2}, size_t{4}, size_t{6}}) {
    std::vector<BufferLife> buffers;
    int step = 0;
    for (size_t width = 4096; width >= 1024; width /= 2) {
      buffers.push_back(BufferLife{width, step, step + 4});
      buffers.push_back(BufferLife{width * expansion, step + 1, step + 2});
      buffers.push_back(BufferLife{width * expansion / 2, step + 2, step + 3});
      buffers.push_back(BufferLife{width, step + 3, step + 4});
      step += 4;
    }
    const size_t arena = plan_memory(buffers);
    expect_no_overlap(buffers, arena);
    EXPECT_LE(arena, peak_live_bytes(buffers) * 11 / 10) << expansion;
  }
}

}  // namespace
}  // namespace poacl
