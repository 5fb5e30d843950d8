#include "runtime/core_pins.h"

#include <sys/resource.h>
#include <unistd.h>

#include "base/futex.h"

namespace poacl::runtime {
namespace {

// A thread that shares its core loses it every few milliseconds, an undisturbed one hardly ever.
constexpr int64_t kLookNs = 20'000'000;
constexpr int64_t kMostBetweenLossesNs = 25'000'000;
constexpr int64_t kFewestLosses = 2;
constexpr int64_t kBelievedNs = 300'000'000;

struct Seen {
  int64_t when_ns = 0;
  int64_t losses = 0;
};
thread_local Seen seen;

struct WorkerPin {
  int core = -1;
  cpu_set_t before;
};
thread_local WorkerPin worker_pin;

int64_t losses_of_this_thread() noexcept {
  rusage usage{};
  return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

bool move_to(int core) noexcept {
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(static_cast<size_t>(core), &one);
  return sched_setaffinity(0, sizeof one, &one) == 0;
}

}  // namespace

CorePins::CorePins(int width) : width_(width), shift_(static_cast<int>(getpid() % width)) {}

void CorePins::observe() noexcept {
  if (width_ < 2) return;
  const int64_t now = monotonic_ns();
  const int64_t passed = now - seen.when_ns;
  if (passed < kLookNs) return;
  const int64_t losses = losses_of_this_thread();
  const int64_t lost = losses - seen.losses;
  if (seen.when_ns != 0 && lost >= kFewestLosses && passed / lost <= kMostBetweenLossesNs) {
    contended_until_ns_.store(now + kBelievedNs, std::memory_order_relaxed);
  }
  seen = {now, losses};
}

bool CorePins::contended() const noexcept {
  const int64_t until = contended_until_ns_.load(std::memory_order_relaxed);
  return until != 0 && monotonic_ns() < until;
}

int CorePins::core_of(int slot, const cpu_set_t& allowed) const noexcept {
  if (CPU_COUNT(&allowed) != width_) return -1;
  int left = (slot + shift_) % width_;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(static_cast<size_t>(core), &allowed) && left-- == 0) return core;
  }
  return -1;
}

CorePins::Caller::Caller(CorePins& pins, int slot) noexcept : pins_(pins) {
  if (slot < 0 || !pins_.contended()) return;
  if (sched_getaffinity(0, sizeof before_, &before_) != 0) return;
  const int core = pins_.core_of(slot, before_);
  pinned_ = core >= 0 && move_to(core);
}

CorePins::Caller::~Caller() {
  if (pinned_) sched_setaffinity(0, sizeof before_, &before_);
  pins_.observe();
}

void CorePins::place_worker(int slot) noexcept {
  const bool pinned = worker_pin.core >= 0;
  if (!contended()) {
    if (pinned) sched_setaffinity(0, sizeof worker_pin.before, &worker_pin.before);
    worker_pin.core = -1;
    return;
  }
  if (!pinned && sched_getaffinity(0, sizeof worker_pin.before, &worker_pin.before) != 0) return;
  const int core = core_of(slot, worker_pin.before);
  if (core >= 0 && core != worker_pin.core && move_to(core)) worker_pin.core = core;
}

}  // namespace poacl::runtime
