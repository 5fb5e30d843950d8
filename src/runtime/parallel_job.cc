#include "runtime/parallel_job.h"

#include <sched.h>

#include <algorithm>

#include "base/futex.h"
#include "runtime/pool.h"

namespace poacl::runtime {
namespace {

// A helper's last chunk is usually nearly done when the caller is: spin, then let a helper that
// lost its core run, then sleep.
constexpr int kSpins = 4000;
constexpr int kYields = 200;

}  // namespace

int ParallelJob::width() const noexcept {
  return pool_.width();
}

void ParallelJob::run(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx) {
  const int helpers = static_cast<int>(std::min<int64_t>(chunks, pool_.width())) - 1;
  if (helpers <= 0) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) fn(ctx, chunk, 0);
    return;
  }
  fn_.store(fn, std::memory_order_relaxed);
  ctx_.store(ctx, std::memory_order_relaxed);
  chunks_.store(chunks, std::memory_order_relaxed);
  left_.store(0, std::memory_order_relaxed);
  claimed_.store(0, std::memory_order_relaxed);
  front_.store(0, std::memory_order_relaxed);
  back_.store(0, std::memory_order_relaxed);
  gate_.store(kOpen, std::memory_order_release);
  pool_.publish(slot_, helpers);

  work(chunks, fn, ctx, 0);

  pool_.withdraw(slot_);
  const uint32_t joined = gate_.fetch_and(~kOpen, std::memory_order_acq_rel) & ~kOpen;
  if (joined > 0) wait_for_helpers(joined);
}

void ParallelJob::work(int64_t chunks, void (*fn)(void*, int64_t, int), void* ctx,
                       int worker) noexcept {
  const bool back = worker % 2 != 0;
  while (claimed_.fetch_add(1, std::memory_order_relaxed) < chunks) {
    fn(ctx,
       back ? chunks - 1 - back_.fetch_add(1, std::memory_order_relaxed)
            : front_.fetch_add(1, std::memory_order_relaxed),
       worker);
  }
}

void ParallelJob::wait_for_helpers(uint32_t joined) noexcept {
  for (int i = 0; i < kSpins; ++i) {
    if (left_.load(std::memory_order_acquire) == joined) return;
    cpu_relax();
  }
  for (int i = 0; i < kYields; ++i) {
    if (left_.load(std::memory_order_acquire) == joined) return;
    sched_yield();
  }
  caller_sleeps_.store(true);
  for (uint32_t left = left_.load(); left != joined; left = left_.load()) {
    futex_wait(left_, left, -1);
  }
  caller_sleeps_.store(false, std::memory_order_relaxed);
}

void ParallelJob::help() noexcept {
  uint32_t gate = gate_.load(std::memory_order_relaxed);
  // Every joiner holds a slot until the chunks are used up, so the count stays below the width;
  // the comparison keeps worker numbers valid whatever happens.
  do {
    if ((gate & kOpen) == 0 || !has_chunks()) return;
    if ((gate & ~kOpen) + 1 >= static_cast<uint32_t>(pool_.width())) return;
  } while (!gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acquire,
                                        std::memory_order_relaxed));
  const int worker = static_cast<int>(gate & ~kOpen) + 1;
  const auto fn = fn_.load(std::memory_order_relaxed);
  void* const ctx = ctx_.load(std::memory_order_relaxed);
  const int64_t chunks = chunks_.load(std::memory_order_relaxed);
  work(chunks, fn, ctx, worker);
  left_.fetch_add(1);
  if (caller_sleeps_.load()) futex_wake(left_, 1);
}

}  // namespace poacl::runtime
