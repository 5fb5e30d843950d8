#include "runtime/op_limits.h"

#include <algorithm>
#include <atomic>

#include "base/futex.h"

namespace poacl::runtime {
namespace {

std::atomic<int64_t> wait_limit{0};
std::atomic<uint64_t> execute_limit{kLongestExecuteUs};

}  // namespace

void set_op_wait_timeout_ns(int64_t limit) noexcept {
  wait_limit.store(limit, std::memory_order_relaxed);
}

int64_t op_wait_timeout_ns() noexcept {
  return wait_limit.load(std::memory_order_relaxed);
}

uint64_t set_op_execute_timeout_us(uint64_t limit) noexcept {
  uint64_t effective = kLongestExecuteUs;
  if (limit != 0 && limit < kLongestExecuteUs) {
    effective = (limit + kTimeoutStepUs - 1) / kTimeoutStepUs * kTimeoutStepUs;
  }
  execute_limit.store(effective, std::memory_order_relaxed);
  return effective;
}

uint64_t op_execute_timeout_us() noexcept {
  return execute_limit.load(std::memory_order_relaxed);
}

int64_t wait_deadline(int64_t timeout_ns) noexcept {
  const int64_t limit = timeout_ns == 0 ? op_wait_timeout_ns() : timeout_ns;
  return limit <= 0 ? 0 : monotonic_ns() + limit;
}

}  // namespace poacl::runtime
