// One compute slot's ParallelFor: the caller publishes a range of chunks here, idle workers join.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/parallel.h"

namespace poacl::runtime {

class Pool;

// Lives as long as its pool, so a late worker may always look at it. run() is called by the one
// thread that holds the slot.
class ParallelJob final : public ParallelFor {
 public:
  ParallelJob(Pool& pool, int slot) : pool_(pool), slot_(slot) {}

  int width() const noexcept override;
  void run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) override;

  // Whether a worker that joins now would probably find a chunk.
  bool has_chunks() const noexcept {
    return claimed_.load(std::memory_order_relaxed) < chunks_.load(std::memory_order_relaxed);
  }
  // Called by a worker that holds a slot of its own: works until the chunks are used up.
  void help() noexcept;

 private:
  static constexpr uint32_t kOpen = 1u << 31;

  void work(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx, int worker) noexcept;
  void wait_for_helpers(uint32_t joined) noexcept;

  Pool& pool_;
  const int slot_;
  // Relaxed atomics: a worker may still peek at a job that is over. Who joins through `gate_`
  // sees the values of the run it joined.
  std::atomic<void (*)(void*, int64_t, int)> fn_{nullptr};
  std::atomic<void*> ctx_{nullptr};
  std::atomic<int64_t> chunks_{0};
  alignas(64) std::atomic<int64_t> claimed_{0};  // chunks handed out
  // Of them, from the front to workers of even numbers and from the back to the others: so the two
  // halves of an image mostly stay in the cache of the same core from layer to layer.
  std::atomic<int64_t> front_{0};
  std::atomic<int64_t> back_{0};
  alignas(64) std::atomic<uint32_t> gate_{0};  // kOpen | helpers that joined this run
  alignas(64) std::atomic<uint32_t> left_{0};  // helpers that are done with this run
  std::atomic<bool> caller_sleeps_{false};
};

}  // namespace poacl::runtime
